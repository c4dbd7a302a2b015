# Which engine: the one in use while it works, else the host's Docker if it is good enough, else a private one.

already_up() {
  local kind
  kind=$(recorded kind)
  [[ -n $kind && ${LAPSTRAKE_ENGINE:-$kind} == "$kind" && $(recorded registry) == "$(registry_address)" ]] || return 1
  "${kind}_is_up"
}

bring_up() {
  case "${LAPSTRAKE_ENGINE:-}" in
    private) private_up ;;
    host) host_up || fail "cannot use the host's Docker: $LACKING" "mend it, or: LAPSTRAKE_ENGINE=private scripts/engine up" ;;
    '') prefer_host ;;
    *) usage_error "LAPSTRAKE_ENGINE is neither private nor host: $LAPSTRAKE_ENGINE" "unset it" ;;
  esac
}

prefer_host() {
  # A private engine that was chosen once stays chosen: its build cache and images are there.
  if [[ -d $DATA/containerd ]] || ! find_host; then
    private_up
  elif ! host_up; then
    is_debian_root || fail "cannot use the Docker at $DOCKER_ADDRESS: $LACKING" "upgrade Docker Engine to 28 with buildx 0.17 or newer, and turn its containerd image store on"
    say "not using the Docker at $DOCKER_ADDRESS: $LACKING"
    private_up
  fi
}
