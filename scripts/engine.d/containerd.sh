# A private containerd: own configuration, root, state and socket.

CONTAINERD_CONFIG=$ETC/containerd.toml
CONTAINERD_SOCKET=$RUN/containerd.sock

containerd_config() {
  cat <<TOML
version = 3
root = $(json_string "$DATA/containerd")
state = $(json_string "$RUN/containerd")
# Kubernetes' parts, the one that would write to /opt, and ways to keep snapshots that are not used.
disabled_plugins = [
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.cri.v1.images",
  "io.containerd.cri.v1.runtime",
  "io.containerd.grpc.v1.cri",
  "io.containerd.podsandbox.controller.v1.podsandbox",
  "io.containerd.internal.v1.opt",
  "io.containerd.nri.v1.nri",
]

[grpc]
  address = $(json_string "$CONTAINERD_SOCKET")

[ttrpc]
  address = $(json_string "$CONTAINERD_SOCKET.ttrpc")
TOML
}

containerd_pid() { find_pid containerd "$CONTAINERD_CONFIG"; }

containerd_answers() {
  [[ -S $CONTAINERD_SOCKET ]] && env "${PRIVATE_ENV[@]}" ctr --address "$CONTAINERD_SOCKET" --connect-timeout 3s version >/dev/null 2>&1
}

containerd_up() {
  say "starting containerd"
  mkdir -p "$DATA/containerd"
  containerd_config >"$CONTAINERD_CONFIG"
  start_detached containerd --config "$CONTAINERD_CONFIG"
  if await 30 "$STARTED" containerd_answers; then return 0; fi
  log_tail containerd
  fail "containerd did not start" "log: $LOG/containerd.log"
}

containerd_down() { stop_part containerd "$CONTAINERD_CONFIG" 10; }
