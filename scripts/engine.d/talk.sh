# What the script says: progress and errors on stderr, answers on stdout.

# The script that speaks: `engine` or `peers`.
SPEAKER=${0##*/}

say() { printf '%s: %s\n' "$SPEAKER" "$*" >&2; }

# fail WHAT FIX: the environment lacks something.
fail() {
  printf '%s: error: %s\n%s: hint: %s\n' "$SPEAKER" "$1" "$SPEAKER" "$2" >&2
  exit 3
}

usage_error() {
  printf '%s: error: %s\n%s: hint: %s\n' "$SPEAKER" "$1" "$SPEAKER" "$2" >&2
  exit 2
}

no_more() { [[ $# -eq 0 ]] || usage_error "unexpected argument: $1" "see: scripts/engine --help"; }

# Prints its argument as a JSON string (paths and versions: no control characters to expect).
json_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
