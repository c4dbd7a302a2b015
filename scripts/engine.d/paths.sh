# Where everything is. All of it is under the state folder, except a runtime folder whose sockets would get too long.
# shellcheck disable=SC2034  # the other files read these

# One spelling for one folder: absolute, no double or trailing slash (macOS has no `realpath -m`).
absolute() {
  local path=$1
  [[ $path == /* ]] || path=$PWD/$path
  while [[ $path == *//* ]]; do path=${path//\/\//\/}; done
  echo "${path%/}"
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

STATE=$(absolute "${LAPSTRAKE_STATE:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/lapstrake}")
# overlayfs takes its folders in one mount option, where these two characters separate.
[[ $STATE != *[,:]* ]] || fail "the state folder's path holds a comma or a colon: $STATE" "set LAPSTRAKE_STATE to another folder"
ENGINE=$STATE/engine
RECORD=$STATE/engine.json

# One short name for each state folder, for what the whole machine shares: bridge, cgroup, rules, first port.
ID=$(printf '%s' "$ENGINE" | sha256)
ID=${ID:0:8}
BRIDGE=lap-$ID
CGROUP=lapstrake-$ID

ETC=$ENGINE/etc
DATA=$ENGINE/data
LOG=$ENGINE/log
BIN=$ENGINE/bin
ROOT=$ENGINE/root # unpacked packages, one folder for each set
RUN=$ENGINE/run   # sockets, pid files, mounts: a reboot may empty it
# A unix socket's path holds 107 bytes; the longest below RUN is 36 bytes (docker/libnetwork/ and an id).
[[ ${#RUN} -le 70 ]] || RUN=/run/lapstrake-$ID
PACKAGES=$(absolute "${LAPSTRAKE_PACKAGE_CACHE:-$ENGINE/packages}")
BUILDX_HOME=$ENGINE/buildx

MULTIARCH=$(uname -m)-linux-gnu
PRIVATE_PATH=$BIN
PRIVATE_LIBS=
for tree in "$ROOT/engine" "$ROOT/tools"; do
  PRIVATE_PATH+=:$tree/usr/bin:$tree/usr/sbin:$tree/bin:$tree/sbin
  PRIVATE_LIBS+=${PRIVATE_LIBS:+:}$tree/usr/lib/$MULTIARCH:$tree/lib/$MULTIARCH
done
PRIVATE_ENV=(
  "PATH=$PRIVATE_PATH:$PATH:/usr/sbin:/sbin"
  "LD_LIBRARY_PATH=$PRIVATE_LIBS"
  "XTABLES_LIBDIR=$ROOT/tools/usr/lib/$MULTIARCH/xtables:/usr/lib/$MULTIARCH/xtables"
)

# The path of a program: ours, else the host's.
program() { PATH="$PRIVATE_PATH:$PATH:/usr/sbin:/sbin" command -v "$1"; }
