# Debian packages by a private apt state: own sources, lists and cache; the host's apt stays as it was.
# The mirror is the host's own; what comes from it is checked against the distribution's archive keys.

# Set "engine", from the newest suite: older engines lack what lapstrake needs (`--call`, one-line rawjson).
ENGINE_PACKAGES=(docker.io docker-cli containerd docker-buildx docker-compose)
# Set "tools", from the host's own suite (newer ones need a newer libc), with whatever the host lacks below them.
TOOLS_PACKAGES=(runc iptables iproute2 tini docker-registry mmdebstrap)

os_release() { sed -n "s/^$1=\"\\{0,1\\}\\([^\"]*\\)\"\\{0,1\\}\$/\\1/p" /etc/os-release 2>/dev/null || true; }

is_debian_root() {
  [[ $(id -u) == 0 && $(os_release ID) =~ ^(debian|ubuntu)$ ]] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null
}

# Writes the configuration of a private apt state that reads the given sources.
private_apt() { # FOLDER SOURCELIST SOURCEPARTS
  mkdir -p "$1/lists/partial" "$1/archives/partial"
  {
    # How the host reaches its mirrors (proxy, certificates) holds here too; its hooks do not.
    apt-config dump | grep -E '^Acquire::[^ ]+ "[^"]+";$' || true
    cat <<CONF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$2";
Dir::Etc::sourceparts "$3";
Dir::State "$1";
Dir::State::lists "$1/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$1";
Dir::Cache::archives "$1/archives";
Dir::Log "$1";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
CONF
  } >"$1/apt.conf"
}

# "SITE SUITE" of the distribution's own indexes that apt knows.
known_suites() {
  # shellcheck disable=SC2016  # apt expands these
  apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(SITE) $(RELEASE) $(ORIGIN)' |
    awk -v s="$(os_release VERSION_CODENAME)" \
      '$1 == "Packages" && $2 == "main" && $5 ~ /^(Debian|Ubuntu)$/ && ($4 == s || $4 == s "-updates" || $4 == s "-security") { print $3, $4 }' |
    sort -u
}

# The same of a host whose apt has never read its indexes, as in a fresh image: a private state reads them.
host_suites() {
  local found apt=$ENGINE/apt/host
  found=$(known_suites)
  if [[ -z $found ]]; then
    private_apt "$apt" /etc/apt/sources.list /etc/apt/sources.list.d
    APT_CONFIG=$apt/apt.conf apt-get -qq update >"$LOG/apt-host.log" 2>&1 || true
    found=$(APT_CONFIG=$apt/apt.conf known_suites)
    rm -rf "$apt"
  fi
  [[ -n $found ]] || fail "apt's sources name no readable index of this distribution's own suite" "try: apt-get update"
  echo "$found"
}

# Ubuntu has no sid; there the host's own suites serve.
newest_suites() {
  local suites
  suites=$(host_suites)
  case "$(os_release ID)" in
    debian) awk -v s="$(os_release VERSION_CODENAME)" '$2 == s && !n++ { print $1, "sid" }' <<<"$suites" ;;
    *) echo "$suites" ;;
  esac
}

# Makes a set's private apt state for "SITE SUITE" lines, and reads the indexes.
open_suites() { # SET SUITES
  local apt=$ENGINE/apt/$1 distribution keys components=main
  distribution=$(os_release ID)
  keys=/usr/share/keyrings/$distribution-archive-keyring.gpg
  [[ -r $keys ]] || fail "no archive keys at $keys" "apt-get install $distribution-archive-keyring"
  [[ $distribution != ubuntu ]] || components="main universe"
  private_apt "$apt" "$apt/sources.list" /dev/null
  awk -v k="$keys" -v c="$components" '{ print "deb [signed-by=" k "]", $1, $2, c }' <<<"$2" >"$apt/sources.list"
  run_apt "$1" "read the package index" update
}

run_apt() { # SET WHAT ARGUMENTS...
  local apt=$ENGINE/apt/$1 log=$LOG/apt-$1.log what=$2
  shift 2
  (cd "$apt/archives" && APT_CONFIG=$apt/apt.conf apt-get -qq -y "$@") >"$log" 2>&1 ||
    fail "cannot $what: $(grep -m1 '^E:' "$log" || tail -n 1 "$log")" "check the network and apt's sources; log: $log"
}

# Sets of one program to compare with (peers.sh) have its name.
download() { # SET
  case "$1" in
    engine) download_newest engine "${ENGINE_PACKAGES[@]}" ;;
    crane) download_newest crane crane ;;
    tools) download_own tools "${TOOLS_PACKAGES[@]}" ;;
    skopeo) download_own skopeo skopeo ;;
    chromium) download_own chromium chromium fonts-dejavu-core ;;
  esac
}

# These packages alone, from the newest suite: what they depend on would be newer than the host's.
download_newest() { # SET PACKAGES...
  local suites
  suites=$(newest_suites)
  open_suites "$1" "$suites"
  run_apt "$1" "download ${*:2}" download "${@:2}"
}

# These packages with whatever the host lacks below them, from the host's own suite.
download_own() { # SET PACKAGES...
  local suites
  suites=$(host_suites)
  open_suites "$1" "$suites"
  run_apt "$1" "download ${*:2}" --download-only install "${@:2}"
  # The packages themselves even where the host has them: it may lose them.
  run_apt "$1" "download ${*:2}" download "${@:2}"
}

# A set is complete when its list, written last, agrees with it.
is_complete() { (cd "$PACKAGES/$1" && sha256sum --quiet --strict -c SHA256SUMS) >/dev/null 2>&1; }

# Puts a set into the package cache, which several state folders may share at one time.
fetch() { # SET
  mkdir -p "$PACKAGES/$1" 2>/dev/null || fail "cannot write $PACKAGES" "set LAPSTRAKE_PACKAGE_CACHE to a folder that can be written"
  exec 8>"$PACKAGES/$1/lock"
  flock 8
  if ! is_complete "$1"; then
    say "downloading Debian packages ($1)"
    rm -rf "$ENGINE/apt/$1"
    download "$1"
    rm -f "$PACKAGES/$1"/*.deb "$PACKAGES/$1/SHA256SUMS"
    mv "$ENGINE/apt/$1/archives"/*.deb "$PACKAGES/$1/"
    (cd "$PACKAGES/$1" && sha256sum -- *.deb >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS)
    rm -rf "$ENGINE/apt/$1"
  fi
  exec 8>&-
}
