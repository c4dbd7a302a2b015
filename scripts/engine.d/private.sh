# The private engine: what order its parts start and stop in.

private_is_up() {
  containerd_pid >/dev/null && dockerd_pid >/dev/null && network_is_up && registry_is_up && containerd_answers && dockerd_answers
}

private_up() {
  is_debian_root || fail "no usable Docker here, and a private engine needs Debian or Ubuntu, and root" \
    "install Docker and start it, or set DOCKER_HOST"
  provision
  mkdir -p "$RUN" "$BUILDX_HOME"
  network_up
  if ! containerd_answers; then
    # Without its containerd a dockerd is of no use, and what both left goes.
    dockerd_down
    containerd_down
    sweep
    containerd_up
  fi
  if ! dockerd_answers; then
    dockerd_down
    dockerd_up
  fi
  if ! registry_is_up; then
    registry_down
    registry_up
  fi
  use_private
  probe
  write_record private
  say "engine is up; registry 127.0.0.1:$(registry_port)"
}

private_down() {
  registry_down
  dockerd_down
  containerd_down
  sweep
  network_down
  rm -rf --one-file-system "${RUN:?}"
}

# Sets what probe and record need.
use_private() {
  DOCKER_ADDRESS=unix://$DOCKER_SOCKET
  DOCKER_ARGV=("$(program docker)")
  BUILDX_ARGV=("$ROOT/usr/libexec/docker/cli-plugins/docker-buildx")
  [[ -x ${BUILDX_ARGV[0]} ]] || BUILDX_ARGV=("$ROOT/usr/lib/docker/cli-plugins/docker-buildx")
  REGISTRY_ADDRESS=127.0.0.1:$(registry_port)
}
