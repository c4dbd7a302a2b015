# One bridge for each engine, with its own subnet and its own rules. dockerd's own rules are off: its chains are one set
# for the machine, so a second dockerd would rewrite those of the first.

ip_() { env "${PRIVATE_ENV[@]}" ip "$@"; }
iptables_() { env "${PRIVATE_ENV[@]}" iptables -w 10 "$@"; }

FORWARDING=/proc/sys/net/ipv4/ip_forward
FORWARDING_BEFORE=/run/lapstrake-ip-forward # what the machine had before the first of our engines

# N of the engine's 10.N.0.0/16: the first that no route of this host touches, kept from then on.
subnet_number() {
  local n tries routes
  if [[ -s $ETC/subnet ]]; then
    cat "$ETC/subnet"
    return 0
  fi
  routes=$(ip_ -4 route show table all | grep -oE '\b10\.[0-9]+\.' | sort -u || true)
  n=$((0x$ID % 200 + 40))
  for ((tries = 0; tries < 200; tries++)); do
    if ! grep -qxF "10.$n." <<<"$routes"; then
      echo "$n" | tee "$ETC/subnet"
      return 0
    fi
    n=$(((n - 39) % 200 + 40))
  done
  fail "no free 10.N.0.0/16 network on this host" "see: ip route"
}

# The rules, each checked (-C) or put first (-I).
network_rules() { # ACTION SUBNET
  local comment=(-m comment --comment "$CGROUP")
  iptables_ -t nat "$1" POSTROUTING -s "$2" ! -d "$2" "${comment[@]}" -j MASQUERADE &&
    iptables_ "$1" FORWARD -s "$2" "${comment[@]}" -j ACCEPT &&
    iptables_ "$1" FORWARD -d "$2" -m conntrack --ctstate RELATED,ESTABLISHED "${comment[@]}" -j ACCEPT
}

network_is_up() {
  local n
  n=$(cat "$ETC/subnet" 2>/dev/null) || return 1
  [[ -d /sys/class/net/$BRIDGE && $(<"$FORWARDING") == 1 ]] && network_rules -C "10.$n.0.0/16" 2>/dev/null
}

network_up() {
  if network_is_up; then return 0; fi
  local n
  n=$(subnet_number)
  if [[ ! -d /sys/class/net/$BRIDGE ]]; then
    ip_ link add name "$BRIDGE" type bridge 2>"$LOG/network.log" ||
      fail "cannot create the bridge $BRIDGE: $(head -n 1 "$LOG/network.log")" "the engine needs a kernel with bridges, and CAP_NET_ADMIN"
  fi
  ip_ addr replace "10.$n.0.1/24" dev "$BRIDGE"
  ip_ link set "$BRIDGE" up
  if [[ $(<"$FORWARDING") == 0 ]]; then
    echo 0 >"$FORWARDING_BEFORE"
    echo 1 >"$FORWARDING"
  fi
  remove_rules
  network_rules -I "10.$n.0.0/16" 2>"$LOG/network.log" ||
    fail "cannot set the bridge's rules: $(head -n 1 "$LOG/network.log")" "the kernel needs NAT by iptables or nf_tables"
}

# Removes all rules that carry our comment, however often they are there.
remove_rules() {
  local table rule
  for table in nat filter; do
    while read -r rule; do
      # shellcheck disable=SC2086  # the rule is words
      iptables_ -t "$table" -D ${rule#-A } 2>/dev/null || true
    done < <(iptables_ -t "$table" -S 2>/dev/null | grep -F -- "--comment $CGROUP " || true)
  done
}

# The bridges in our subnet: the engine's own, and those of networks that were made in it.
our_bridges() {
  local n
  n=$(cat "$ETC/subnet" 2>/dev/null) || return 0
  ip_ -o -4 addr show 2>/dev/null | awk -v p="10.$n." 'index($4, p) == 1 { print $2 }' || true
}

network_down() {
  [[ -s $ETC/subnet ]] || return 0
  local device
  remove_rules
  for device in $(our_bridges) "$BRIDGE"; do
    [[ ! -d /sys/class/net/$device/bridge ]] || ip_ link del "$device" || true
  done
  restore_forwarding
}

# Forwarding goes back to what it was when no other engine, ours or the host's, is left to need it.
restore_forwarding() {
  local other
  [[ -f $FORWARDING_BEFORE ]] || return 0
  for other in /sys/class/net/lap-* /sys/class/net/docker0 /sys/class/net/br-*; do
    [[ ! -d $other ]] || return 0
  done
  cat "$FORWARDING_BEFORE" >"$FORWARDING"
  rm -f "$FORWARDING_BEFORE"
}
