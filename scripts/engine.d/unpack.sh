# The packages, unpacked beside the host's own files: nothing is installed, no maintainer script runs.

unpack() { # SET
  local new=$ROOT/$1.new deb
  [[ $(($(stat -f -c '%a * %S' "$ENGINE"))) -ge 1073741824 ]] ||
    fail "less than 1 GiB is free in $ENGINE" "free some disk, or set LAPSTRAKE_STATE to a folder that has more"
  rm -rf "$new"
  mkdir -p "$new"
  for deb in "$PACKAGES/$1"/*.deb; do
    dpkg-deb -x "$deb" "$new" || fail "cannot unpack $deb" "free some disk, or delete $PACKAGES; then try again"
  done
  rm -rf "${ROOT:?}/$1"
  mv "$new" "$ROOT/$1"
}

# What the packages' maintainer scripts would have linked, and programs that need more than a path.
link_programs() {
  local name tables=xtables-nft-multi
  mkdir -p "$BIN"
  # The host's own iptables first: rules for one kernel in both of its kinds are hard to read.
  rm -f "$BIN/iptables" "$BIN/ip6tables"
  if ! PATH=$PATH:/usr/sbin:/sbin command -v iptables >/dev/null; then
    env "${PRIVATE_ENV[@]}" xtables-nft-multi iptables -t nat -S >/dev/null 2>&1 || tables=xtables-legacy-multi
    for name in iptables ip6tables; do ln -s "$(program "$tables")" "$BIN/$name"; done
  fi
  cat >"$BIN/mmdebstrap" <<SH
#!/bin/sh
# mmdebstrap from the unpacked package, with the Perl modules and programs that the host lacks.
PATH="$PRIVATE_PATH:\$PATH:/usr/sbin:/sbin"
PERL5LIB="$(perl_folders)\${PERL5LIB:+:\$PERL5LIB}"
LD_LIBRARY_PATH="$PRIVATE_LIBS\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export PATH PERL5LIB LD_LIBRARY_PATH
exec perl "$ROOT/tools/usr/bin/mmdebstrap" "\$@"
SH
  chmod +x "$BIN/mmdebstrap"
}

perl_folders() {
  local folder found=
  for folder in "$ROOT"/tools/usr/share/perl5 "$ROOT"/tools/usr/share/perl/[0-9]* "$ROOT"/tools/usr/lib/"$MULTIARCH"/perl*/[0-9]*; do
    [[ ! -d $folder ]] || found+=${found:+:}$folder
  done
  echo "$found"
}

# Prints the first program of a set that does not start here.
first_broken() { # SET
  local names name option
  case "$1" in
    engine) names=(containerd dockerd docker) ;;
    tools) names=(runc iptables ip docker-registry mmdebstrap) ;;
    *) names=("$ROOT/$1/$1") ;;
  esac
  for name in "${names[@]}"; do
    case "$name" in
      ip) option=-V ;;
      */crane) option=version ;;
      *) option=--version ;;
    esac
    env "${PRIVATE_ENV[@]}" "$name" "$option" >/dev/null 2>"$LOG/check.log" || { echo "$name" && return 0; }
  done
  return 1
}

# Makes a set's programs available; fetches them anew, once, if those in the package cache don't run here (another
# host's cache may lack a library that this host needs).
provision() { # SET
  local broken try hint="install Docker, then: LAPSTRAKE_ENGINE=host scripts/engine up"
  case "$1" in engine | tools) ;; *) hint="log: $LOG/check.log" ;; esac
  for try in cached fresh; do
    if [[ ! -d $ROOT/$1 || $try == fresh ]]; then
      fetch "$1"
      say "unpacking ($1)"
      unpack "$1"
      case "$1" in
        engine) ;;
        tools) link_programs ;;
        *) link_peer "$1" ;;
      esac
    fi
    broken=$(first_broken "$1") || return 0
    say "$broken does not run; fetching its packages afresh"
    rm -f "$PACKAGES/$1/SHA256SUMS"
  done
  fail "$broken does not run on this host: $(head -n 1 "$LOG/check.log")" "$hint"
}
