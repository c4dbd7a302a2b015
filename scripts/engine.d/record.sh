# engine.json: how lapstrake finds the engine and the registry. Written last, in one step.

json_list() {
  local item separator=
  printf '['
  for item in "$@"; do
    printf '%s' "$separator"
    json_string "$item"
    separator=', '
  done
  printf ']'
}

write_record() { # KIND
  {
    cat <<JSON
{
  "version": 1,
  "kind": "$1",
  "dockerHost": $(json_string "$DOCKER_ADDRESS"),
  "docker": $(json_list "${DOCKER[@]}"),
  "buildx": $(json_list "${BUILDX[@]}"),
JSON
    if [[ ${#COMPOSE[@]} -gt 0 ]]; then printf '  "compose": %s,\n' "$(json_list "${COMPOSE[@]}")"; fi
    # The hook is the unpacked package's own. Without it and the package usr-is-merged, `usrmerge` brings the whole of perl.
    if [[ -x $BIN/mmdebstrap ]]; then
      printf '  "mmdebstrap": %s,\n' "$(json_list "$BIN/mmdebstrap" "--hook-dir=$ROOT/tools/usr/share/mmdebstrap/hooks/merged-usr")"
    fi
    cat <<JSON
  "buildxConfig": $(json_string "$BUILDX_HOME"),
  "registry": $(json_string "$(registry_address)"),
  "capabilities": { "containerdStore": true, "directPush": true, "call": true, "rawjson": true }
}
JSON
  } >"$RECORD.new"
  mv -f "$RECORD.new" "$RECORD"
}

# One string of the record that is there.
recorded() { # KEY
  sed -n "s/^  \"$1\": \"\\(.*\\)\",\$/\\1/p" "$RECORD" 2>/dev/null || true
}
