# The Docker that is there already, if it is good enough.
# shellcheck disable=SC2034  # probe.sh, record.sh and choose.sh read what is set here

# Sets DOCKER, BUILDX, COMPOSE and DOCKER_ADDRESS to the Docker that answers here, if one does.
find_host() {
  local path
  path=$(command -v docker) || return 1
  DOCKER=("$path")
  # The user's own context counts; afterwards the address alone is used.
  DOCKER_ADDRESS=${DOCKER_HOST:-$("$path" context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)} || return 1
  # Our own socket is no host's Docker, even if the caller's DOCKER_HOST names it.
  [[ $DOCKER_ADDRESS != "unix://$DOCKERD_SOCKET" ]] || return 1
  with_docker "${DOCKER[@]}" version >/dev/null 2>&1 || return 1
  BUILDX=() COMPOSE=()
  if path=$(host_plugin docker-buildx); then BUILDX=("$path"); fi
  if path=$(host_plugin docker-compose); then COMPOSE=("$path"); fi
}

host_plugin() { # NAME
  local folder
  for folder in "${DOCKER_CONFIG:-$HOME/.docker}" /usr/local/lib/docker /usr/local/libexec/docker /usr/lib/docker /usr/libexec/docker; do
    if [[ -x $folder/cli-plugins/$1 ]]; then
      echo "$folder/cli-plugins/$1"
      return 0
    fi
  done
  command -v "$1"
}

# Uses the host's Docker; fails with LACKING set if it is not good enough.
host_up() {
  if ! find_host; then
    LACKING="no Docker answers"
    return 1
  fi
  if [[ ${#BUILDX[@]} -eq 0 ]]; then
    LACKING="it lacks buildx"
    return 1
  fi
  if is_debian_root; then
    provision tools
    mkdir -p "$RUN"
    registry_up
  else
    registry_container_up
  fi
  probe && write_record host
}

# Where no Debian package can be had, the registry is a container of the host's Docker.
REGISTRY_CONTAINER=lapstrake-registry-$ID

registry_container_up() {
  local port tries
  port=$(registry_port)
  if registry_container_is_up; then return 0; fi
  # Anew rather than started again: its port may be taken by now. The volume keeps the data.
  with_docker "${DOCKER[@]}" rm -f "$REGISTRY_CONTAINER" >/dev/null 2>&1 || true
  for ((tries = 0; tries < 20; tries++)); do
    say "starting the registry on 127.0.0.1:$port, as a container"
    if with_docker "${DOCKER[@]}" run -d --name "$REGISTRY_CONTAINER" --restart unless-stopped -p "127.0.0.1:$port:5000" \
      -v "$REGISTRY_CONTAINER:/var/lib/registry" -e REGISTRY_STORAGE_DELETE_ENABLED=true registry:2 >"$LOG/registry.log" 2>&1; then
      echo "$port" >"$ETC/port"
      if retry 100 registry_answers; then return 0; fi
      break
    fi
    with_docker "${DOCKER[@]}" rm -f "$REGISTRY_CONTAINER" >/dev/null 2>&1 || true
    grep -qE 'port is already allocated|address already in use|ports are not available' "$LOG/registry.log" || break
    port=$(next_port "$port")
  done
  fail "the registry container did not start: $(grep -m1 -i error "$LOG/registry.log" || head -n 1 "$LOG/registry.log")" "try: docker pull registry:2"
}

registry_container_is_up() {
  [[ $(with_docker "${DOCKER[@]}" container inspect --format '{{.State.Running}}' "$REGISTRY_CONTAINER" 2>/dev/null) == true ]] && registry_answers
}

host_docker_is_up() { find_host && [[ $DOCKER_ADDRESS == "$(recorded dockerHost)" ]]; }
host_registry_is_up() { registry_is_up || registry_container_is_up; }
host_is_up() { host_docker_is_up && host_registry_is_up; }

host_down() {
  registry_down
  if find_host; then with_docker "${DOCKER[@]}" rm -f "$REGISTRY_CONTAINER" >/dev/null 2>&1 || true; fi
}

host_purge() {
  if find_host; then with_docker "${DOCKER[@]}" volume rm -f "$REGISTRY_CONTAINER" >/dev/null 2>&1 || true; fi
}
