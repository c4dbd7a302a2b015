# Two runs at once in one state folder take turns. The kernel drops the lock when the holder dies.

with_lock() {
  mkdir -p "$ENGINE" "$ETC" "$LOG" || fail "cannot write $ENGINE" "set LAPSTRAKE_STATE to a folder that can be written"
  exec 9>"$ENGINE/lock"
  flock -n 9 && return 0
  say "another run is at work in $STATE; waiting"
  flock -w 600 9 || fail "another run has held $ENGINE/lock for ten minutes" "end it, then try again"
}
