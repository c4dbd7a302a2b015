# Programs to compare lapstrake with. Each is a set of packages of its own, unpacked beside the others; nothing else of
# this folder needs them.

is_peer() { [[ $1 == crane || $1 == skopeo ]]; }

# Prints the path of a program, which is there then.
bring_peer() { # NAME
  local path=$ROOT/$1/$1
  if [[ ! -x $path ]]; then
    if is_debian_root; then
      # In a shell of its own: the lock goes when it ends, and what is said on stdout is only the path.
      (with_lock && provision "$1") >&2
    else
      path=$(command -v "$1") || fail "there is no $1 on PATH" "install $1"
    fi
  fi
  echo "$path"
}

# One path to start a program by: it may need libraries that the host lacks.
link_peer() { # NAME
  local tree=$ROOT/$1
  if [[ ! -d $tree/usr/lib/$MULTIARCH && ! -d $tree/lib/$MULTIARCH ]]; then
    ln -sf "usr/bin/$1" "$tree/$1"
    return 0
  fi
  cat >"$tree/$1" <<SH
#!/bin/sh
LD_LIBRARY_PATH="$tree/usr/lib/$MULTIARCH:$tree/lib/$MULTIARCH\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "$tree/usr/bin/$1" "\$@"
SH
  chmod +x "$tree/$1"
}
