import { csvRecord } from "./csv.ts";
import type { BuildRequest, BuildSecret } from "./port.ts";

/** Where the engine is and which program speaks to it; the record that `scripts/engine up` writes satisfies it. */
export interface BuildxEngine {
  /** `unix:///…` or `tcp://…`. */
  readonly dockerHost: string;
  /** The argv prefix that stands for `docker buildx`. */
  readonly buildx: readonly [string, ...string[]];
  /** A private BUILDX_CONFIG, so that the user's builders are neither used nor changed. */
  readonly buildxConfig: string;
}

/**
 * The whole command line of one build: pushed under its name by the engine itself, file times set to the epoch,
 * without attestations (they carry times, and would make an index out of an image). Secrets go by name or path only.
 * `metadataFile` is where buildx writes the digest.
 */
export function buildxArgv(
  engine: Pick<BuildxEngine, "buildx">,
  request: BuildRequest,
  metadataFile: string,
): readonly [string, ...string[]] {
  const { SOURCE_DATE_EPOCH: _ours, ...args } = request.args;
  return [
    ...engine.buildx,
    "build",
    // The flag wins over a BUILDX_BUILDER, and "default" is the engine that DOCKER_HOST names.
    "--builder=default",
    "--progress=rawjson",
    `--file=${request.dockerfile}`,
    ...(request.target === undefined ? [] : [`--target=${request.target}`]),
    ...(request.platforms.length === 0 ? [] : [`--platform=${request.platforms.join(",")}`]),
    `--output=${output(request)}`,
    "--provenance=false",
    "--sbom=false",
    ...pairs("--build-arg", { ...args, SOURCE_DATE_EPOCH: String(request.epoch) }),
    ...pairs("--build-context", request.contexts),
    ...request.secrets.flatMap((secret) => ["--secret", secretRecord(secret)]),
    ...pairs("--label", request.labels),
    ...pairs("--annotation", request.annotations, "manifest:"),
    ...request.cacheFrom.flatMap((source) => ["--cache-from", source]),
    ...request.cacheTo.flatMap((target) => ["--cache-to", forgiving(target)]),
    ...(request.noCache ? ["--no-cache"] : []),
    `--metadata-file=${metadataFile}`,
    request.context,
  ];
}

function output(request: BuildRequest): string {
  return csvRecord([
    ["type", "image"],
    ["name", request.name],
    ["push", "true"],
    // Without it the docker driver unpacks into its store, which conflicts with rewrite-timestamp (moby/moby#51442).
    ["store", "false"],
    ["oci-mediatypes", "true"],
    ["rewrite-timestamp", "true"],
    // Never force-compression: it would recompress the parent's layers, and the child would not share them.
    ["compression", request.compression],
  ]);
}

function secretRecord(secret: BuildSecret): string {
  return csvRecord([
    ["id", secret.id],
    "env" in secret.source ? ["env", secret.source.env] : ["src", secret.source.file],
  ]);
}

/** Sorted, so that the same request is the same command line. */
function pairs(flag: string, values: Readonly<Record<string, string>>, prefix = ""): string[] {
  return Object.keys(values)
    .sort()
    .flatMap((key) => [flag, `${prefix}${key}=${values[key]}`]);
}

/** A cache that cannot be written must not fail a build that succeeded. The plain `REF` form has no such option. */
function forgiving(target: string): string {
  return /(^|,)type=/.test(target) && !/(^|,)(ignore-error=|type=inline)/.test(target)
    ? `${target},ignore-error=true`
    : target;
}

// Each of these, set in a user's shell, was seen to change what is built or to stop the build; see README.
const FOREIGN = [
  "BUILDX_BUILDER",
  "BUILDX_EXPERIMENTAL",
  "BUILDX_GIT_INFO",
  "BUILDX_GIT_LABELS",
  "BUILDX_METADATA_WARNINGS",
  "BUILDKIT_HOST",
  "DOCKER_API_VERSION",
  "DOCKER_CONTEXT",
  "DOCKER_DEFAULT_PLATFORM",
  "EXPERIMENTAL_BUILDKIT_SOURCE_POLICY",
  "SOURCE_DATE_EPOCH",
];
const FOREIGN_TLS = ["DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/** What is added to the environment of buildx; undefined takes a name out of it. */
export function buildxEnv(engine: BuildxEngine): Readonly<Record<string, string | undefined>> {
  // A DOCKER_TLS_VERIFY that is meant for a remote engine makes buildx look for certificates before a local socket.
  const foreign = engine.dockerHost.startsWith("unix://") ? [...FOREIGN, ...FOREIGN_TLS] : FOREIGN;
  return {
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    DOCKER_HOST: engine.dockerHost,
    BUILDX_CONFIG: engine.buildxConfig,
    BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
    // Saves a fetch of the provenance after each build.
    BUILDX_METADATA_PROVENANCE: "disabled",
  };
}
