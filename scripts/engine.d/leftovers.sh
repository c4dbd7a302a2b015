# What a killed engine leaves: containers and build steps that go on without it, shims, mounts, sockets.
# Only called when neither dockerd nor containerd of this state folder runs.

# Containers and build steps are all in one cgroup that bears our name.
cgroup_folders() {
  local top
  for top in /sys/fs/cgroup/*/"$CGROUP" /sys/fs/cgroup/"$CGROUP"; do
    [[ ! -d $top ]] || find "$top" -depth -type d
  done
}

kill_orphans() {
  local pid folder
  for pid in $(grep -lsFz -- "$RUN/containerd.sock" /proc/[0-9]*/cmdline | cut -d/ -f3); do
    if [[ $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") == *containerd-shim* ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
  done
  while read -r folder; do
    for pid in $(cat "$folder/cgroup.procs" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null || true; done
  done < <(cgroup_folders)
  for _ in {1..20}; do
    while read -r folder; do rmdir "$folder" 2>/dev/null || true; done < <(cgroup_folders)
    [[ -n $(cgroup_folders) ]] || return 0
    sleep 0.1
  done
}

# Mounts below our folders, deepest first; lazily, since a dying process may still hold one.
unmount_all() {
  local where
  while read -r where; do
    umount -l "$where" 2>/dev/null || true
  done < <(awk '{ print $5 }' /proc/self/mountinfo | while read -r where; do
    # mountinfo writes spaces and the like as octal escapes
    printf '%b\n' "$where"
  done | awk -v a="$RUN/" -v b="$DATA/" 'index($0, a) == 1 || index($0, b) == 1' | sort -r)
}

sweep() {
  kill_orphans
  unmount_all
  mkdir -p "$RUN"
  rm -rf --one-file-system "${RUN:?}/docker" "${RUN:?}/containerd"
  rm -f "$RUN"/*.sock "$RUN"/*.sock.* "$RUN"/dockerd.lock
}
