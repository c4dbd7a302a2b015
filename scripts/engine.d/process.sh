# Long-lived processes: started detached, found again even when their pid files are gone, stopped by pid only.
# A process is ours when its program is the part's and one of its arguments is the MARK, the configuration file that
# only this state folder has.

is_ours() { # PID PROGRAM MARK
  local exe arguments
  exe=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  exe=${exe% (deleted)} # unpacked anew since
  [[ ${exe##*/} == "$2" ]] || return 1
  arguments=$(tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline") || return 1
  [[ $'\n'$arguments$'\n' == *$'\n'$3$'\n'* ]]
}

# Prints the pid of our process of this program; fails if there is none. The pid file, named for the program, may be
# wrong (left by a kill, the pid used again) or gone (an emptied runtime folder).
find_pid() { # PROGRAM MARK
  local pid=
  if [[ -f $RUN/$1.pid ]]; then read -r pid <"$RUN/$1.pid" || true; fi
  if [[ -n $pid ]] && is_ours "$pid" "$1" "$2"; then
    echo "$pid"
    return 0
  fi
  while read -r pid; do
    if is_ours "$pid" "$1" "$2"; then
      echo "$pid"
      return 0
    fi
  done < <(grep -lsFz -- "$2" /proc/[0-9]*/cmdline | cut -d/ -f3)
  return 1
}

is_alive() { # PID; a zombie is not alive
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  [[ ${stat##*) } != Z* ]]
}

# Starts a daemon that outlives the caller and holds none of its descriptors. Sets STARTED to its pid.
start_detached() { # PROGRAM ARGUMENTS...
  local name=$1 log=$LOG/$1.log path
  path=$(program "$1") || fail "there is no $1" "delete $ROOT, then: scripts/engine up"
  shift
  if [[ -f $log && $(stat -c %s "$log") -gt 8388608 ]]; then mv -f "$log" "$log.1"; fi
  (
    cd /
    ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
    for fd in "/proc/$BASHPID/fd/"*; do
      fd=${fd##*/}
      [[ $fd -le 2 ]] || eval "exec $fd>&-"
    done
    exec env "${PRIVATE_ENV[@]}" setsid nohup "$path" "$@" </dev/null >>"$log" 2>&1
  ) &
  STARTED=$!
  echo "$STARTED" >"$RUN/$name.pid"
}

# Waits until the check holds; fails when the process has ended or the time is over.
await() { # SECONDS PID CHECK...
  local tries=$(($1 * 20)) pid=$2
  shift 2
  while ((tries-- > 0)); do
    if "$@"; then return 0; fi
    is_alive "$pid" || return 1
    sleep 0.05
  done
  return 1
}

# Tries a check every tenth of a second.
retry() { # TIMES CHECK...
  local times=$1
  shift
  while ((times-- > 0)); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  return 1
}

# SIGTERM, wait, SIGKILL: of that one pid.
stop_pid() { # PID SECONDS
  local tries=$(($2 * 20))
  kill -TERM "$1" 2>/dev/null || return 0
  while ((tries-- > 0)); do
    is_alive "$1" || return 0
    sleep 0.05
  done
  kill -KILL "$1" 2>/dev/null || return 0
  for ((tries = 0; tries < 100; tries++)); do
    is_alive "$1" || return 0
    sleep 0.05
  done
}

stop_part() { # PROGRAM MARK SECONDS
  local pid
  while pid=$(find_pid "$1" "$2"); do
    say "stopping $1 (pid $pid)"
    stop_pid "$pid" "$3"
  done
  rm -f "$RUN/$1.pid"
}

log_tail() { tail -n 3 "$LOG/$1.log" 2>/dev/null | cut -c1-300 | sed 's/^/engine:   /' >&2 || true; }
