# A private containerd: own configuration, root, state and socket.

CONTAINERD_CONFIG=$ETC/containerd.toml

containerd_config() {
  cat <<TOML
version = 3
root = "$DATA/containerd"
state = "$RUN/containerd"
disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]

[grpc]
  address = "$RUN/containerd.sock"

[ttrpc]
  address = "$RUN/containerd.sock.ttrpc"
TOML
}

containerd_pid() { find_pid containerd "$CONTAINERD_CONFIG"; }
containerd_answers() { containerd_pid >/dev/null && [[ -S $RUN/containerd.sock ]] && env "${PRIVATE_ENV[@]}" ctr --address "$RUN/containerd.sock" --connect-timeout 3s version >/dev/null 2>&1; }

containerd_up() {
  say "starting containerd"
  mkdir -p "$DATA/containerd" "$RUN"
  containerd_config >"$CONTAINERD_CONFIG"
  start_detached containerd "$(program containerd)" --config "$CONTAINERD_CONFIG"
  await 30 containerd "$CONTAINERD_CONFIG" containerd_answers && return 0
  last_lines containerd
  fail "containerd did not start" "log: $LOG/containerd.log"
}

containerd_down() { stop_part containerd "$CONTAINERD_CONFIG" 10; }
