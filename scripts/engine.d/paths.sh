# Where everything is. All of it is under the state folder, except a runtime folder whose sockets would get too long.
# shellcheck disable=SC2034  # the other files read these

STATE=${LAPSTRAKE_STATE:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/lapstrake}
[[ $STATE == /* ]] || STATE=$PWD/$STATE
ENGINE=$STATE/engine
RECORD=$STATE/engine.json

# One short name for each state folder, for what the whole machine shares: bridge, cgroup, first port.
ID=$(printf '%s' "$ENGINE" | sha256sum)
ID=${ID:0:8}
BRIDGE=lap-$ID
CGROUP=lapstrake-$ID

ROOT=$ENGINE/root # the unpacked packages
ETC=$ENGINE/etc
DATA=$ENGINE/data
LOG=$ENGINE/log
RUN=$ENGINE/run
# A unix socket's path holds 107 bytes; the longest below RUN is dockerd's libnetwork socket.
[[ ${#RUN} -le 70 ]] || RUN=/run/lapstrake-$ID
PACKAGES=${LAPSTRAKE_PACKAGE_CACHE:-$ENGINE/packages}
BUILDX_HOME=$ENGINE/buildx

LIBS=$ROOT/usr/lib/$(uname -m)-linux-gnu:$ROOT/lib/$(uname -m)-linux-gnu
PRIVATE_PATH=$ROOT/usr/bin:$ROOT/usr/sbin:$ROOT/bin:$ROOT/sbin
PRIVATE_ENV=(
  "PATH=$PRIVATE_PATH:$PATH:/usr/sbin:/sbin"
  "LD_LIBRARY_PATH=$LIBS"
  "XTABLES_LIBDIR=$ROOT/usr/lib/$(uname -m)-linux-gnu/xtables:/usr/lib/$(uname -m)-linux-gnu/xtables"
)
