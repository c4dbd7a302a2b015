# What a killed engine leaves: containers and build steps that go on without it, shims, mounts, sockets.

# Containers and build steps are all below one cgroup that bears our name, in each hierarchy.
cgroup_folders() {
  local top
  for top in /sys/fs/cgroup/*/"$CGROUP" /sys/fs/cgroup/"$CGROUP"; do
    [[ ! -d $top ]] || find "$top" -depth -type d
  done
}

shim_pids() {
  local pid exe
  while read -r pid; do
    exe=$(readlink "/proc/$pid/exe" 2>/dev/null) || continue
    [[ $exe != *containerd-shim* ]] || echo "$pid"
  done < <(grep -lsFz -- "$RUN/containerd.sock" /proc/[0-9]*/cmdline | cut -d/ -f3)
}

# Containers and build steps that go on without their dockerd: a new one would wait for each to stop.
kill_steps() {
  local pid folder tries
  for ((tries = 0; tries < 30; tries++)); do
    [[ -n $(cgroup_folders) ]] || return 0
    while read -r folder; do
      while read -r pid; do kill -KILL "$pid" 2>/dev/null || true; done < <(cat "$folder/cgroup.procs" 2>/dev/null)
      rmdir "$folder" 2>/dev/null || true
    done < <(cgroup_folders)
    sleep 0.1
  done
  folder=$(cgroup_folders)
  [[ -z $folder ]] || say "steps of a killed build do not end: ${folder%%$'\n'*}"
}

our_mounts() {
  local where
  while read -r _ _ _ _ where _; do
    # mountinfo escapes four characters. (printf %b would read the digit after a `\040` as part of it.)
    where=${where//\\040/ } where=${where//\\011/$'\t'} where=${where//\\012/$'\n'} where=${where//\\134/\\}
    [[ $where != "$RUN"/* && $where != "$DATA"/* ]] || printf '%s\n' "$where"
  done </proc/self/mountinfo
}

# Deepest first, and lazily: a dying process may still hold one.
unmount_all() {
  local where
  while read -r where; do umount -l "$where" 2>/dev/null || true; done < <(our_mounts | sort -r)
}

# All that is left when neither dockerd nor containerd of this state folder runs.
sweep() {
  local pid
  for pid in $(shim_pids); do kill -KILL "$pid" 2>/dev/null || true; done
  kill_steps
  unmount_all
  rm -rf --one-file-system "${RUN:?}/docker" "${RUN:?}/containerd"
  rm -f "$RUN"/*.sock "$RUN"/*.sock.* "$RUN/docker.pid"
}
