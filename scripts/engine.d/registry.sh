# A CNCF Distribution registry on loopback, without a password, on a port that it keeps while it is free.

REGISTRY_CONFIG=$ETC/registry.yml

registry_port() { cat "$ETC/port" 2>/dev/null || echo $((20000 + 0x$ID % 10000)); }

registry_config() { # PORT
  cat <<YAML
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: $DATA/registry
  cache:
    blobdescriptor: inmemory
  delete:
    enabled: true
http:
  addr: 127.0.0.1:$1
  secret: $ID-loopback-only
YAML
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
registry_pid() { find_pid registry "$REGISTRY_CONFIG"; }

# One request by hand: a fresh Debian has no curl.
registry_answers() {
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$(registry_port)" || return 1
  printf 'GET /v2/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  read -r -t 5 line <&3 || line=
  exec 3>&-
  [[ $line == *" 200 "* ]]
}
registry_is_up() { registry_pid >/dev/null && (registry_answers) 2>/dev/null; }

registry_up() {
  local port tries
  port=$(registry_port)
  mkdir -p "$DATA/registry" "$RUN"
  for ((tries = 0; tries < 20; tries++)); do
    if ! port_is_taken "$port"; then
      say "starting the registry on 127.0.0.1:$port"
      registry_config "$port" >"$REGISTRY_CONFIG"
      echo "$port" >"$ETC/port"
      start_detached registry "$(program docker-registry)" serve "$REGISTRY_CONFIG"
      if await 10 registry "$REGISTRY_CONFIG" registry_is_up; then return 0; fi
      stop_part registry "$REGISTRY_CONFIG" 5
      last_lines registry
    else
      say "port $port is taken; trying another"
    fi
    port=$((20000 + (port - 20000 + 1 + tries * 37) % 10000))
  done
  fail "the registry did not start" "log: $LOG/registry.log"
}

registry_down() { stop_part registry "$REGISTRY_CONFIG" 5; }
