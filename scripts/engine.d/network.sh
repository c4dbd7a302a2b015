# One bridge for each engine, with its own subnet and its own rules. dockerd's own rules are off: its chains are one set
# for the machine, so a second dockerd would rewrite those of the first.

# shellcheck disable=SC2120
ip_() { env "${PRIVATE_ENV[@]}" ip "$@"; }
iptables_() { env "${PRIVATE_ENV[@]}" iptables -w 10 "$@"; }

FORWARD=/proc/sys/net/ipv4/ip_forward
FORWARD_BEFORE=/run/lapstrake-ip-forward # what the machine had before the first of our engines

# The second byte of 10.N.0.0/16: the first one that no route of this host touches, kept from then on.
subnet_byte() {
  local n tries routes
  if [[ -s $ETC/subnet ]]; then
    cat "$ETC/subnet"
    return 0
  fi
  routes=$(ip_ -4 route show table all | grep -oE '\b10\.[0-9]+\.' | sort -u || true)
  n=$((0x$ID % 200))
  for ((tries = 0; tries < 200; tries++)); do
    if ! grep -qxF "10.$((n + 40))." <<<"$routes"; then
      echo $((n + 40)) | tee "$ETC/subnet"
      return 0
    fi
    n=$(((n + 1) % 200))
  done
  fail "no free 10.N.0.0/16 network on this host" "see: ip route"
}

network_rules() { # CHECK-OR-ACTION, for example -C
  local subnet
  subnet=10.$(subnet_byte).0.0/16
  iptables_ -t nat "$1" POSTROUTING -s "$subnet" ! -d "$subnet" -m comment --comment "$CGROUP" -j MASQUERADE &&
    iptables_ "$1" FORWARD -s "$subnet" -m comment --comment "$CGROUP" -j ACCEPT &&
    iptables_ "$1" FORWARD -d "$subnet" -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "$CGROUP" -j ACCEPT
}

network_is_up() {
  [[ -d /sys/class/net/$BRIDGE && $(cat "$FORWARD") == 1 ]] && network_rules -C 2>/dev/null
}

network_up() {
  network_is_up && return 0
  local n
  n=$(subnet_byte)
  if [[ ! -d /sys/class/net/$BRIDGE ]]; then
    ip_ link add name "$BRIDGE" type bridge || fail "cannot create the bridge $BRIDGE" "containers need a kernel with bridges, and root"
  fi
  ip_ addr replace "10.$n.0.1/24" dev "$BRIDGE"
  ip_ link set "$BRIDGE" up
  if [[ $(cat "$FORWARD") == 0 ]]; then
    echo 0 >"$FORWARD_BEFORE"
    echo 1 >"$FORWARD"
  fi
  remove_rules
  network_rules -I 2>"$LOG/network.log" ||
    fail "cannot set the bridge's rules: $(head -n 1 "$LOG/network.log")" "the kernel needs iptables or nf_tables with NAT"
}

# All rules that carry our comment, however often they are there.
remove_rules() {
  local table rule
  for table in nat filter; do
    while read -r rule; do
      # shellcheck disable=SC2086  # the rule is words
      iptables_ -t "$table" -D ${rule#-A } 2>/dev/null || true
    done < <(iptables_ -t "$table" -S 2>/dev/null | grep -F -- "--comment $CGROUP " || true)
  done
}

network_down() {
  [[ -x $ROOT/usr/bin/dockerd || -x $ROOT/usr/sbin/dockerd ]] || return 0
  remove_rules
  if [[ -d /sys/class/net/$BRIDGE ]]; then ip_ link del "$BRIDGE" || true; fi
  restore_forwarding
}

# Forwarding goes back to what it was when no other engine, ours or the host's, is left to need it.
restore_forwarding() {
  local other
  [[ -f $FORWARD_BEFORE ]] || return 0
  for other in /sys/class/net/lap-* /sys/class/net/docker0 /sys/class/net/br-*; do
    [[ ! -d $other ]] || return 0
  done
  cat "$FORWARD_BEFORE" >"$FORWARD"
  rm -f "$FORWARD_BEFORE"
}
