# Is an engine good enough? By doing each thing once, since versions lie (Debian's BuildKit calls itself v0.0.0+unknown).
# It judges what DOCKER_ADDRESS, DOCKER and BUILDX name, with the registry that runs.

with_docker() { env -u DOCKER_CONTEXT -u BUILDX_BUILDER DOCKER_HOST="$DOCKER_ADDRESS" BUILDX_CONFIG="$BUILDX_HOME" BUILDX_NO_DEFAULT_ATTESTATIONS=1 "$@"; }

has_containerd_store() { with_docker "${DOCKER[@]}" info --format '{{json .DriverStatus}}' 2>/dev/null | grep -q 'io.containerd.snapshotter'; }

# A build of one file, pushed with its times rewritten, as lapstrake pushes every image.
has_direct_push() { # CONTEXT LOG
  with_docker "${BUILDX[@]}" build --progress=rawjson --build-arg SOURCE_DATE_EPOCH=0 \
    --output "type=image,name=$(registry_address)/lapstrake/probe:probe,push=true,store=false,oci-mediatypes=true,rewrite-timestamp=true" \
    "$1" >/dev/null 2>"$2"
}

has_rawjson() { grep -q '^{"vertexes":.*}$' "$1"; } # LOG
has_call() { with_docker "${BUILDX[@]}" build --call=targets,format=json "$1" 2>/dev/null | grep -q '"targets"'; } # CONTEXT

# Sets LACKING to all that is lacking, and fails if there is any.
probe() {
  local folder lacking=()
  mkdir -p "$BUILDX_HOME"
  folder=$(mktemp -d "$ENGINE/probe.XXXXXX")
  echo probe >"$folder/file"
  printf 'FROM scratch\nCOPY file /file\n' >"$folder/Dockerfile"
  has_containerd_store || lacking+=("the containerd image store")
  has_direct_push "$folder" "$folder.log" ||
    lacking+=("a direct push to $(registry_address) with rewrite-timestamp ($(grep -v '^{' "$folder.log" | tail -n 1 | cut -c1-200))")
  has_rawjson "$folder.log" || lacking+=("progress as one-line JSON (buildx 0.17 or newer)")
  has_call "$folder" || lacking+=("build --call=targets (buildx 0.17 or newer)")
  rm -rf "$folder" "$folder.log"
  [[ ${#lacking[@]} -gt 0 ]] || return 0
  LACKING=$(printf '; %s' "${lacking[@]}")
  LACKING="it lacks ${LACKING#; }"
  return 1
}
