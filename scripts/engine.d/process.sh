# Long-lived processes: started detached, found again even when their pid files are gone, stopped by pid only.
# A process is ours if its command line holds the configuration file that only this state folder has.

pid_is() { # PID MARK
  [[ -n $1 && -r /proc/$1/cmdline ]] || return 1
  local line
  # A process that ends meanwhile, or a zombie, reads as empty.
  line=$(tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline") || return 1
  [[ $'\n'$line$'\n' == *$'\n'$2$'\n'* ]]
}

# Prints the pid of the part NAME whose command line holds MARK; fails if there is none.
find_pid() { # NAME MARK
  local pid=
  [[ ! -f $RUN/$1.pid ]] || read -r pid <"$RUN/$1.pid" || true
  if pid_is "$pid" "$2"; then
    echo "$pid"
    return 0
  fi
  # The runtime folder may have been emptied under a living process.
  for pid in $(grep -lsFz -- "$2" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    if [[ $pid != "$$" && $pid != "$BASHPID" ]] && pid_is "$pid" "$2"; then
      echo "$pid"
      return 0
    fi
  done
  return 1
}

# Starts a daemon that outlives the caller and holds none of its descriptors.
start_detached() { # NAME COMMAND...
  local name=$1 log=$LOG/$1.log
  shift
  [[ ! -f $log || $(stat -c %s "$log") -lt 8388608 ]] || mv -f "$log" "$log.1"
  (
    cd /
    ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
    for fd in /proc/"$BASHPID"/fd/*; do
      fd=${fd##*/}
      [[ $fd -le 2 ]] || eval "exec $fd>&-"
    done
    exec env "${PRIVATE_ENV[@]}" setsid nohup "$@" </dev/null >>"$log" 2>&1
  ) &
  echo $! >"$RUN/$name.pid"
}

# Waits until the check holds, or the process has ended, or the time is over.
await() { # SECONDS NAME MARK CHECK...
  local tries=$(($1 * 20)) name=$2 mark=$3
  shift 3
  while ((tries-- > 0)); do
    if "$@"; then return 0; fi
    # The first moments are the launcher's (env, setsid), whose command line holds the mark as well.
    find_pid "$name" "$mark" >/dev/null || return 1
    sleep 0.05
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
  kill -KILL "$1" 2>/dev/null || true
  for _ in {1..100}; do
    is_alive "$1" || return 0
    sleep 0.05
  done
}

is_alive() { # PID; a zombie is not alive
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  [[ ${stat##*) } != Z* ]]
}

stop_part() { # NAME MARK SECONDS
  local pid
  if pid=$(find_pid "$1" "$2"); then
    say "stopping $1 (pid $pid)"
    stop_pid "$pid" "$3"
  fi
  rm -f "$RUN/$1.pid"
}

last_lines() { tail -n 3 "$LOG/$1.log" 2>/dev/null | cut -c1-300 | sed 's/^/engine:   /' >&2; }
