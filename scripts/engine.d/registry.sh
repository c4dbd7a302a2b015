# A CNCF Distribution registry on loopback, without a password, on a port that it keeps while that is free.

REGISTRY_CONFIG=$ETC/registry.yml

# Below the ports that the kernel hands out by itself.
registry_port() { cat "$ETC/port" 2>/dev/null || echo $((20000 + 0x$ID % 10000)); }
next_port() { echo $((20000 + ($1 - 20000 + 37) % 10000)); }
registry_address() { echo "127.0.0.1:$(registry_port)"; }

registry_config() { # PORT
  cat <<YAML
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: $(json_string "$DATA/registry")
  cache:
    blobdescriptor: inmemory
  delete:
    enabled: true
http:
  addr: 127.0.0.1:$1
  secret: $ID
YAML
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# One request by hand: a fresh Debian has no curl.
registry_answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$(registry_port)" || return 1
  printf 'GET /v2/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
  read -r -t 5 line <&3 && [[ $line == *" 200 "* ]]
) 2>/dev/null

registry_pid() { find_pid docker-registry "$REGISTRY_CONFIG"; }
registry_is_up() { registry_pid >/dev/null && registry_answers; }

# Distribution writes a tag's link and a manifest's bytes in place: killed between open and write, it leaves an empty
# file, answers 500 for that tag from then on, and takes an empty manifest for the one that is pushed again. No link is
# empty, and of all blobs only the empty one (sha256:e3b0c442...).
registry_debris() {
  find "$DATA/registry" -type f -empty \( -name link -o -name data ! -path '*/e3b0c442*' \) -delete
}

registry_up() {
  local port tries
  if registry_is_up; then return 0; fi
  registry_down
  port=$(registry_port)
  mkdir -p "$DATA/registry" "$RUN"
  registry_debris
  for ((tries = 0; tries < 20; tries++)); do
    if port_is_taken "$port"; then
      say "port $port is taken; trying another"
    else
      say "starting the registry on 127.0.0.1:$port"
      registry_config "$port" >"$REGISTRY_CONFIG"
      echo "$port" >"$ETC/port"
      # It serves mostly small answers: collecting less often took a fifth off a round of 148 HEADs, for some 50 MB.
      GOGC=800 start_detached docker-registry serve "$REGISTRY_CONFIG"
      if await 10 "$STARTED" registry_is_up; then return 0; fi
      registry_down
      log_tail docker-registry
    fi
    port=$(next_port "$port")
  done
  fail "the registry did not start" "log: $LOG/docker-registry.log"
}

registry_down() { stop_part docker-registry "$REGISTRY_CONFIG" 5; }
