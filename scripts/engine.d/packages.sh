# Debian packages by a private apt state: own sources, lists and cache; the host's apt stays as it was.
# The mirror is the host's own, its signatures are checked against Debian's archive keys.

# From the newer suite: older engines lack what lapstrake needs (`--call`, one-line rawjson).
ENGINE_PACKAGES=(docker.io docker-cli containerd docker-buildx docker-compose)
# From the host's own suite, with whatever the host lacks below them: newer ones need a newer libc.
HOST_PACKAGES=(runc iptables iproute2 tini docker-registry mmdebstrap)

os_release() { sed -n "s/^$1=\"\\?\\([^\"]*\\)\"\\?\$/\\1/p" /etc/os-release 2>/dev/null || true; }

is_debian_root() {
  [[ $(id -u) == 0 ]] && command -v apt-get dpkg-deb >/dev/null || return 1
  case "$(os_release ID)" in debian | ubuntu) ;; *) return 1 ;; esac
}

# "SITE SUITE" of the distribution's own indexes, as the host's sources name them.
host_suites() {
  local suite
  suite=$(os_release VERSION_CODENAME)
  # shellcheck disable=SC2016  # apt expands these
  apt-get indextargets --format '$(CREATED_BY) $(COMPONENT) $(SITE) $(RELEASE)' |
    awk -v s="$suite" '$1 == "Packages" && $2 == "main" && ($4 == s || $4 == s "-updates" || $4 == s "-security") { print $3, $4 }' |
    sort -u
}

# engine_suites: Ubuntu has no sid; there the host's own suites serve.
engine_suites() {
  if [[ $(os_release ID) == debian ]]; then
    host_suites | awk -v s="$(os_release VERSION_CODENAME)" '$2 == s { print $1, "sid"; exit }'
  else
    host_suites
  fi
}

keyring() {
  local file
  for file in /usr/share/keyrings/"$(os_release ID)"-archive-keyring.gpg; do
    [[ -r $file ]] || fail "no archive keys at $file" "apt-get install $(os_release ID)-archive-keyring"
    echo "$file"
  done
}

# Makes the private apt state NAME for the "SITE SUITE" lines on stdin.
private_apt() { # NAME
  local apt=$ENGINE/apt/$1 keys
  keys=$(keyring)
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  awk -v k="$keys" '{ print "deb [signed-by=" k "]", $1, $2, "main" ($3 ? " " $3 : "") }' >"$apt/sources.list"
  [[ -s $apt/sources.list ]] ||
    fail "apt's sources name no index of this distribution's own suite" "see: apt-get indextargets"
  {
    # How the host reaches its mirrors (proxy, certificates) holds here too; its hooks do not.
    apt-config dump | grep -E '^Acquire::[^ ]+ "[^"]+";$' || true
    cat <<CONF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Dir::Log "$apt";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
CONF
  } >"$apt/apt.conf"
  APT_CONFIG=$apt/apt.conf apt-get -qq update >"$LOG/apt-$1.log" 2>&1 ||
    fail "cannot read the package index ($1): $(grep -m1 '^E:' "$LOG/apt-$1.log")" "check the network and apt's sources; log: $LOG/apt-$1.log"
}

# Downloads what the host needs on top of itself; a package that it has already is not fetched.
download_host_packages() {
  host_suites | private_apt host
  local apt=$ENGINE/apt/host
  APT_CONFIG=$apt/apt.conf apt-get -qq -y --download-only install "${HOST_PACKAGES[@]}" >"$LOG/apt-host.log" 2>&1 ||
    fail "cannot download ${HOST_PACKAGES[*]}: $(grep -m1 '^E:' "$LOG/apt-host.log")" "log: $LOG/apt-host.log"
}

download_engine_packages() {
  engine_suites | private_apt engine
  local apt=$ENGINE/apt/engine
  (cd "$apt/archives" && APT_CONFIG=$apt/apt.conf apt-get -qq download "${ENGINE_PACKAGES[@]}") >"$LOG/apt-engine.log" 2>&1 ||
    fail "cannot download ${ENGINE_PACKAGES[*]}: $(grep -m1 '^E:' "$LOG/apt-engine.log")" "log: $LOG/apt-engine.log"
}

# The packages are complete when the list, written last, agrees with them.
packages_complete() {
  [[ -s $PACKAGES/SHA256SUMS ]] && (cd "$PACKAGES" && sha256sum --quiet --strict -c SHA256SUMS) >/dev/null 2>&1
}

fetch_packages() {
  if packages_complete; then
    return 0
  fi
  say "downloading the engine's packages (about 100 MB)"
  rm -rf "$ENGINE/apt"
  download_engine_packages
  download_host_packages
  mkdir -p "$PACKAGES"
  rm -f "$PACKAGES"/*.deb "$PACKAGES/SHA256SUMS"
  mv "$ENGINE"/apt/*/archives/*.deb "$PACKAGES/"
  (cd "$PACKAGES" && sha256sum -- *.deb >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS)
  rm -rf "$ENGINE/apt"
}
