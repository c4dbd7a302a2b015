# engine.json: how lapstrake finds the engine and the registry. Written last, in one step.

json_list() {
  local first=1 item
  printf '['
  for item in "$@"; do
    ((first)) || printf ', '
    first=0
    json_string "$item"
  done
  printf ']'
}

write_record() { # KIND
  cat >"$RECORD.new" <<JSON
{
  "version": 1,
  "kind": "$1",
  "dockerHost": $(json_string "$DOCKER_ADDRESS"),
  "docker": $(json_list "${DOCKER_ARGV[@]}"),
  "buildx": $(json_list "${BUILDX_ARGV[@]}"),
  "buildxConfig": $(json_string "$BUILDX_HOME"),
  "registry": $(json_string "$REGISTRY_ADDRESS"),
  "capabilities": { "containerdStore": true, "directPush": true, "call": true, "rawjson": true }
}
JSON
  mv -f "$RECORD.new" "$RECORD"
}

recorded() { sed -n "s/^  \"$1\": \"\\(.*\\)\",\\?\$/\\1/p" "$RECORD"; }

already_up() {
  [[ -s $RECORD ]] || return 1
  case "$(recorded kind)" in
    private) [[ ${LAPSTRAKE_ENGINE:-private} == private && $(recorded registry) == "127.0.0.1:$(registry_port)" ]] && private_is_up ;;
    *) return 1 ;;
  esac
}
