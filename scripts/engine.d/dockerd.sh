# A private dockerd: own configuration, data, runtime folder, socket, bridge and cgroup.

DOCKERD_CONFIG=$ETC/daemon.json
DOCKERD_SOCKET=$RUN/docker.sock

# The mtu of the way out: a bridge with a larger one loses big packets in some networks.
outer_mtu() {
  local device mtu=1500
  device=$(ip_ -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  if [[ -n $device ]]; then mtu=$(cat "/sys/class/net/$device/mtu"); fi
  echo $((mtu > 1500 ? 1500 : mtu))
}

# Debian's runc writes cgroups itself; a parent of our own is how leftovers are found. The build cache stays below 40 GB.
dockerd_config() {
  local n
  n=$(subnet_number)
  cat <<JSON
{
  "features": { "containerd-snapshotter": true },
  "data-root": $(json_string "$DATA/docker"),
  "exec-root": $(json_string "$RUN/docker"),
  "pidfile": $(json_string "$RUN/docker.pid"),
  "hosts": [$(json_string "unix://$DOCKERD_SOCKET")],
  "group": "root",
  "containerd": $(json_string "$CONTAINERD_SOCKET"),
  "bridge": "$BRIDGE",
  "fixed-cidr": "10.$n.0.0/24",
  "default-address-pools": [{ "base": "10.$n.128.0/17", "size": 24 }],
  "mtu": $(outer_mtu),
  "iptables": false,
  "ip6tables": false,
  "ip-forward": false,
  "ip-masq": false,
  "userland-proxy-path": $(json_string "$(program docker-proxy)"),
  "init-path": $(json_string "$(program tini-static)"),
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "cgroup-parent": "/$CGROUP",
  "shutdown-timeout": 5,
  "log-driver": "local",
  "builder": { "gc": { "enabled": true, "defaultReservedSpace": "10GB", "defaultMaxUsedSpace": "40GB", "defaultMinFreeSpace": "5GB" } }
}
JSON
}

dockerd_pid() { find_pid dockerd "$DOCKERD_CONFIG"; }

dockerd_answers() {
  [[ -S $DOCKERD_SOCKET ]] && DOCKER_HOST=unix://$DOCKERD_SOCKET "$(program docker)" version >/dev/null 2>&1
}

dockerd_up() {
  say "starting dockerd"
  mkdir -p "$DATA/docker"
  rm -f "$RUN/docker.pid"
  dockerd_config >"$DOCKERD_CONFIG"
  start_detached dockerd --config-file "$DOCKERD_CONFIG"
  if await 60 "$STARTED" dockerd_answers; then return 0; fi
  log_tail dockerd
  fail "dockerd did not start" "log: $LOG/dockerd.log"
}

dockerd_down() { stop_part dockerd "$DOCKERD_CONFIG" 20; }
