# The private engine: in what order its parts start and stop.
# shellcheck disable=SC2034  # probe.sh and record.sh read what is set here

private_is_up() {
  containerd_pid >/dev/null && dockerd_pid >/dev/null && registry_is_up && network_is_up && containerd_answers && dockerd_answers
}

private_up() {
  is_debian_root || fail "no Docker answers here, and a private engine needs Debian or Ubuntu, and root" "install Docker and start it, or set DOCKER_HOST"
  provision tools
  provision engine
  mkdir -p "$RUN"
  network_up
  if ! containerd_pid >/dev/null || ! containerd_answers; then
    # Without its containerd a dockerd is of no use; what both leave goes.
    dockerd_down
    containerd_down
    sweep
    containerd_up
  fi
  if ! dockerd_pid >/dev/null || ! dockerd_answers; then
    dockerd_down
    kill_steps
    dockerd_up
  fi
  registry_up
  use_private
  probe || fail "the private engine is not good enough: $LACKING" "this is a bug in the choice of packages; logs: $LOG"
  write_record private
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
  local plugins=$ROOT/engine/usr/libexec/docker/cli-plugins
  [[ -d $plugins ]] || plugins=$ROOT/engine/usr/lib/docker/cli-plugins
  DOCKER_ADDRESS=unix://$DOCKERD_SOCKET
  DOCKER=("$(program docker)")
  BUILDX=("$plugins/docker-buildx")
  COMPOSE=("$plugins/docker-compose")
}
