# A private dockerd: own configuration, data, runtime folder, socket, bridge and cgroup.

DOCKERD_CONFIG=$ETC/daemon.json
DOCKER_SOCKET=$RUN/docker.sock

# The mtu of the way out: a bridge with a larger one loses big packets in some networks.
outer_mtu() {
  local device
  device=$(ip_ -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-lo}/mtu" 2>/dev/null | awk '{ print ($1 > 1500 ? 1500 : $1) }'
}

dockerd_config() {
  local n
  n=$(subnet_byte)
  cat <<JSON
{
  "features": { "containerd-snapshotter": true },
  "data-root": "$DATA/docker",
  "exec-root": "$RUN/docker",
  "pidfile": "$RUN/docker.pid",
  "hosts": ["unix://$DOCKER_SOCKET"],
  "group": "root",
  "containerd": "$RUN/containerd.sock",
  "bridge": "$BRIDGE",
  "fixed-cidr": "10.$n.0.0/24",
  "default-address-pools": [{ "base": "10.$n.128.0/17", "size": 24 }],
  "mtu": $(outer_mtu),
  "iptables": false,
  "ip6tables": false,
  "ip-forward": false,
  "ip-masq": false,
  "userland-proxy": true,
  "userland-proxy-path": "$(program docker-proxy || echo "$ROOT/usr/sbin/docker-proxy")",
  "init-path": "$(program tini-static || echo "$ROOT/usr/bin/tini-static")",
  "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "cgroup-parent": "/$CGROUP",
  "shutdown-timeout": 5,
  "log-driver": "local",
  "builder": { "gc": { "enabled": true, "defaultReservedSpace": "10GB", "defaultMaxUsedSpace": "40GB", "defaultMinFreeSpace": "5GB" } }
}
JSON
}

docker_() { env -u DOCKER_CONTEXT DOCKER_HOST="unix://$DOCKER_SOCKET" "$(program docker)" "$@"; }
dockerd_pid() { find_pid dockerd "$DOCKERD_CONFIG"; }
dockerd_answers() { [[ -S $DOCKER_SOCKET ]] && docker_ version --format '{{.Server.Version}}' >/dev/null 2>&1; }

dockerd_up() {
  say "starting dockerd"
  mkdir -p "$DATA/docker" "$RUN"
  rm -f "$RUN/docker.pid"
  dockerd_config >"$DOCKERD_CONFIG"
  start_detached dockerd "$(program dockerd)" --config-file "$DOCKERD_CONFIG"
  await 60 dockerd "$DOCKERD_CONFIG" dockerd_answers && return 0
  last_lines dockerd
  fail "dockerd did not start" "log: $LOG/dockerd.log"
}

dockerd_down() { stop_part dockerd "$DOCKERD_CONFIG" 20; }
