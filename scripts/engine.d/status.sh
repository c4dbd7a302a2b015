# What runs, where, and how much disk it holds. Exit 0 when all of it runs, 3 otherwise.

# Prints "NAME RUNNING PID ADDRESS FOLDER" for each part, tabs between, - for nothing.
parts() {
  if [[ $(recorded kind) == host ]]; then
    part docker "$(recorded dockerHost)" - host_docker_is_up no_pid
    part registry "$(registry_address)" "$DATA/registry" host_registry_is_up registry_pid
  else
    part containerd "unix://$CONTAINERD_SOCKET" "$DATA/containerd" containerd_answers containerd_pid
    part dockerd "unix://$DOCKERD_SOCKET" "$DATA/docker" dockerd_answers dockerd_pid
    part registry "$(registry_address)" "$DATA/registry" registry_is_up registry_pid
  fi
}

no_pid() { return 1; }

part() { # NAME ADDRESS FOLDER CHECK PID
  local pid does=stopped
  pid=$("$5") || pid=-
  if "$4"; then does=running; fi
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$does" "$pid" "$2" "$3"
}

# Bytes below a folder, without what is mounted in it.
disk() {
  local kilobytes=0
  if [[ -d $1 ]]; then kilobytes=$(du -skx "$1" 2>/dev/null | cut -f1) || true; fi
  echo $((kilobytes * 1024))
}

status() {
  local json='' all=0 list name does pid address folder
  case "${1:-}" in
    '') ;;
    --json) json=yes ;;
    *) usage_error "unexpected argument: $1" "see: scripts/engine --help" ;;
  esac
  list=$(parts)
  [[ -n $(recorded kind) && $list != *$'\t'stopped$'\t'* ]] || all=3
  if [[ -n $json ]]; then status_json "$all" "$list"; else
    while IFS=$'\t' read -r name does pid address folder; do
      printf '%-10s  %-7s  %7s  %6s MB  %s\n' "$name" "$does" "$pid" "$(($(disk "$folder") / 1000000))" "$address"
    done <<<"$list"
  fi
  return "$all"
}

status_json() { # EXIT LIST
  local name does pid address folder separator=
  printf '{\n  "version": 1,\n  "kind": %s,\n  "up": %s,\n' "$(json_string "$(recorded kind)")" "$([[ $1 == 0 ]] && echo true || echo false)"
  # shellcheck disable=SC2153  # paths.sh sets them
  printf '  "state": %s,\n  "logs": %s,\n  "parts": [' "$(json_string "$STATE")" "$(json_string "$LOG")"
  while IFS=$'\t' read -r name does pid address folder; do
    [[ $pid != - ]] || pid=null
    printf '%s\n    { "name": "%s", "running": %s, "pid": %s, "address": %s, "diskBytes": %s }' "$separator" "$name" \
      "$([[ $does == running ]] && echo true || echo false)" "$pid" "$(json_string "$address")" "$(disk "$folder")"
    separator=,
  done <<<"$2"
  printf '\n  ]\n}\n'
}
