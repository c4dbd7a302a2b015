# The packages, unpacked beside the host's own files: nothing is installed, no maintainer script runs.

unpacked_is_current() {
  [[ -s $ROOT/.packages ]] && cmp -s "$ROOT/.packages" "$PACKAGES/SHA256SUMS"
}

unpack_packages() {
  unpacked_is_current && return 0
  say "unpacking"
  local new=$ROOT.new deb
  rm -rf "$new"
  mkdir -p "$new"
  for deb in "$PACKAGES"/*.deb; do
    dpkg-deb -x "$deb" "$new" || fail "cannot unpack $deb" "free some disk, or delete $PACKAGES; then try again"
  done
  cp "$PACKAGES/SHA256SUMS" "$new/.packages"
  rm -rf "$ROOT"
  mv "$new" "$ROOT"
}

# Prints the path of a program: ours, else the host's.
program() {
  local found
  found=$(PATH="$PRIVATE_PATH:$PATH:/usr/sbin:/sbin" command -v "$1") || return 1
  echo "$found"
}

# Every program must start here; a package cache made elsewhere may lack what this host needs.
check_programs() {
  local name
  for name in dockerd containerd runc docker docker-registry iptables ip mmdebstrap; do
    case "$name" in
      ip) set -- -V ;;
      *) set -- --version ;;
    esac
    if ! env "${PRIVATE_ENV[@]}" "$name" "$@" >/dev/null 2>"$LOG/check.log"; then
      echo "$name"
      return 1
    fi
  done
}

provision() {
  local broken
  fetch_packages
  unpack_packages
  if [[ -f $ROOT/.checked ]]; then return 0; fi
  if ! broken=$(check_programs); then
    say "$broken from the package cache does not run here; fetching afresh"
    rm -f "$PACKAGES/SHA256SUMS"
    fetch_packages
    unpack_packages
    broken=$(check_programs) ||
      fail "$broken does not run on this host: $(head -n 1 "$LOG/check.log")" "install Docker, then set DOCKER_HOST or LAPSTRAKE_ENGINE=host"
  fi
  touch "$ROOT/.checked"
}
