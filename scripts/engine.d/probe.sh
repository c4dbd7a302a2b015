# Is an engine good enough? By doing each thing once, since versions lie (Debian's BuildKit calls itself v0.0.0+unknown).

buildx_() { env -u DOCKER_CONTEXT -u BUILDX_BUILDER DOCKER_HOST="$DOCKER_ADDRESS" BUILDX_CONFIG="$BUILDX_HOME" BUILDX_NO_DEFAULT_ATTESTATIONS=1 "${BUILDX_ARGV[@]}" "$@"; }

has_containerd_store() {
  env -u DOCKER_CONTEXT DOCKER_HOST="$DOCKER_ADDRESS" "${DOCKER_ARGV[@]}" info --format '{{json .DriverStatus}}' 2>/dev/null | grep -q 'io.containerd.snapshotter'
}

# A build of one file, pushed with its times rewritten, as lapstrake pushes every image.
has_direct_push() { # CONTEXT LOG
  buildx_ build --progress=rawjson --build-arg SOURCE_DATE_EPOCH=0 \
    --output "type=image,name=$REGISTRY_ADDRESS/lapstrake/probe:probe,push=true,store=false,oci-mediatypes=true,rewrite-timestamp=true" \
    "$1" >/dev/null 2>"$2"
}
has_call() { buildx_ build --call=targets,format=json "$1" 2>/dev/null | grep -q '"targets"'; }
has_rawjson() { grep -q '^{"vertexes":.*}$' "$1"; }

# Sets CAPABILITIES, or fails with all that is lacking.
probe() {
  local folder lacking=()
  folder=$(mktemp -d "$ENGINE/probe.XXXXXX")
  echo probe >"$folder/file"
  printf 'FROM scratch\nCOPY file /file\n' >"$folder/Dockerfile"
  has_containerd_store || lacking+=("the containerd image store")
  has_direct_push "$folder" "$folder.log" || lacking+=("a direct push with rewrite-timestamp ($(grep -v '^{' "$folder.log" | tail -n 1))")
  has_rawjson "$folder.log" || lacking+=("progress as one-line rawjson")
  has_call "$folder" || lacking+=("build --call=targets,format=json")
  rm -rf "$folder" "$folder.log"
  LACKING=$(printf '%s; ' "${lacking[@]}")
  [[ ${#lacking[@]} -eq 0 ]]
}
