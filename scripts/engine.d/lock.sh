# Two runs at once in one state folder take turns. The kernel drops the lock when the holder dies.

with_lock() {
  mkdir -p "$ENGINE" "$ETC" "$LOG" 2>/dev/null || fail "cannot write $ENGINE" "set LAPSTRAKE_STATE to a folder that can be written"
  if ! command -v flock >/dev/null; then
    lock_by_folder
    return 0
  fi
  exec 9>"$ENGINE/lock"
  flock -n 9 && return 0
  say "another run is at work in $STATE; waiting"
  flock -w 600 9 || fail "another run has held $ENGINE/lock for ten minutes" "end it, then try again"
}

# Where there is no flock (macOS): a folder can be made by one only. It names its holder, who may have been killed.
lock_by_folder() {
  local folder=$ENGINE/lock.d tries holder
  for ((tries = 0; tries < 6000; tries++)); do
    if mkdir "$folder" 2>/dev/null; then
      echo $$ >"$folder/pid"
      trap 'rm -rf "$ENGINE/lock.d"' EXIT
      return 0
    fi
    holder=$(cat "$folder/pid" 2>/dev/null || echo "$$")
    kill -0 "$holder" 2>/dev/null || rm -rf "$folder"
    sleep 0.1
  done
  fail "another run has held $folder for ten minutes" "end it, then try again"
}
