import { type Digest, digestOf, parseDigest } from "../../../core/base/digest.ts";
import { OciError } from "../../../core/oci/error.ts";
import type { Descriptor } from "../../../core/oci/manifest.ts";
import { MANIFEST_TYPES } from "../../../core/oci/media-type.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../../core/oci/parse-manifest.ts";
import { formatImageRef, type ImageRef } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions, StoredManifest } from "../port.ts";
import { readBody } from "./body.ts";
import type { Call, Caller } from "./caller.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Answer } from "./exchange.ts";
import { repositoryScope } from "./scope.ts";
import { digestMismatch } from "./verify.ts";

// Without it, Distribution 2.8 answers 404 for an OCI manifest, or converts to an older form with another digest.
const ACCEPT = MANIFEST_TYPES.join(", ");

/** HEAD a manifest: its descriptor, or undefined where it is not there. */
export function headManifest(
  caller: Caller,
  endpoint: Endpoint,
  ref: ImageRef,
  options: CallOptions,
): Promise<Descriptor | undefined> {
  const call = manifestCall("HEAD", endpoint, ref, options);
  return caller
    .call(call, async (answer) => {
      await answer.discard();
      if (answer.status === 404) return undefined;
      const descriptor = answer.status === 200 ? describedBy(answer) : undefined;
      if (descriptor !== undefined) {
        if (ref.digest !== undefined && ref.digest !== descriptor.digest) {
          throw digestMismatch(endpoint.host, ref.digest, descriptor.digest);
        }
        return descriptor;
      }
      // Older registries leave out the digest, the length or the type, or do not do HEAD: then the bytes must say.
      if (answer.status !== 200 && answer.status !== 405) throw await caller.failure(call, answer);
      return NEEDS_GET;
    })
    .then(async (found) =>
      found === NEEDS_GET ? (await getManifest(caller, endpoint, ref, options))?.descriptor : found,
    );
}

const NEEDS_GET = Symbol("the headers do not tell");

function describedBy(answer: Answer): Descriptor | undefined {
  const digest = parseDigest(text(answer, "docker-content-digest"));
  const mediaType = mediaTypeOf(answer);
  const length = text(answer, "content-length");
  if (digest === undefined || !MANIFEST_TYPES.includes(mediaType) || !/^\d{1,9}$/.test(length))
    return undefined;
  return { mediaType, digest, size: Number(length) };
}

/** GET a manifest, verified against the reference's digest, or else against the digest that the registry states. */
export function getManifest(
  caller: Caller,
  endpoint: Endpoint,
  ref: ImageRef,
  options: CallOptions,
): Promise<StoredManifest | undefined> {
  const call = manifestCall("GET", endpoint, ref, options);
  return caller.call(call, async (answer) => {
    if (answer.status === 404) {
      await answer.discard();
      return undefined;
    }
    if (answer.status !== 200) throw await caller.failure(call, answer);
    const bytes = await readBody(answer, MAX_MANIFEST_BYTES);
    const digest = digestOf(bytes);
    const stated = parseDigest(text(answer, "docker-content-digest"));
    if (ref.digest !== undefined && digest !== ref.digest)
      throw digestMismatch(endpoint.host, ref.digest, digest);
    if (stated !== undefined && digest !== stated) throw digestMismatch(endpoint.host, stated, digest);
    return storedManifest({ bytes, digest, mediaType: mediaTypeOf(answer), where: endpoint.host });
  });
}

/** PUT these bytes under the reference's tag, or under their digest. Repeating it is harmless. */
export async function putManifest(
  caller: Caller,
  endpoint: Endpoint,
  put: {
    readonly ref: ImageRef;
    readonly bytes: Uint8Array;
    readonly mediaType: string;
    readonly options: CallOptions;
  },
): Promise<Descriptor> {
  const { bytes, mediaType } = put;
  const digest = digestOf(bytes);
  if (put.ref.digest !== undefined && put.ref.digest !== digest) {
    throw digestMismatch("the caller", put.ref.digest, digest);
  }
  // What we would refuse to read, we do not write.
  const content = parseManifest(bytes, mediaType);
  const { subject } = content.kind === "index" ? content.index : content.manifest;
  const call: Call = {
    ...manifestCall(
      "PUT",
      endpoint,
      { ...put.ref, ...(put.ref.tag === undefined ? { digest } : {}) },
      put.options,
    ),
    headers: { "content-type": mediaType, "content-length": String(bytes.byteLength) },
    content: bytes,
  };
  const known = await caller.call(call, async (answer) => {
    if (answer.status !== 201 && answer.status !== 200) throw await caller.failure(call, answer);
    await answer.discard();
    const stored = text(answer, "docker-content-digest");
    if (stored !== "" && stored !== digest) throw digestMismatch(endpoint.host, digest, stored);
    return text(answer, "oci-subject") !== "";
  });
  const descriptor: Descriptor = { mediaType, digest, size: bytes.byteLength };
  if (subject !== undefined && !known) {
    // The registry has no referrers API (no OCI-Subject header): the pusher keeps the list (distribution-spec).
    const { addReferrer } = await import("./fallback-index.ts");
    await addReferrer(caller, endpoint, { at: put.ref, subject, descriptor, content, options: put.options });
  }
  return descriptor;
}

export function storedManifest(read: {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly where: string;
}): StoredManifest {
  const { bytes, digest, where } = read;
  try {
    const content = parseManifest(bytes, read.mediaType);
    const { mediaType } = content.kind === "index" ? content.index : content.manifest;
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, bytes, content };
  } catch (cause) {
    if (!(cause instanceof OciError)) throw cause;
    // A login page served with 200 ends here, too.
    throw new RegistryError("REGISTRY_PROTOCOL", `${where}: ${cause.message}`, { cause });
  }
}

export function manifestCall(method: string, endpoint: Endpoint, ref: ImageRef, options: CallOptions): Call {
  // Reading by digest proves what is read; writing is what gives a tag its meaning.
  const name = method === "PUT" ? (ref.tag ?? ref.digest) : (ref.digest ?? ref.tag);
  if (name === undefined) {
    throw new OciError("OCI_REFERENCE", `${formatImageRef(ref)} names neither a tag nor a digest`);
  }
  const repository = `${endpoint.prefix}${ref.repository}`;
  return {
    endpoint,
    method,
    at: `${repository}/manifests/${name}`,
    headers: { accept: ACCEPT },
    scopes: [
      repositoryScope(repository, method === "PUT" ? "pull,push" : method === "DELETE" ? "delete" : "pull"),
    ],
    what: `the manifest of ${formatImageRef(ref)}`,
    signal: options.signal,
  };
}

function text(answer: Answer, header: string): string {
  const value = answer.headers[header];
  return typeof value === "string" ? value : "";
}

/** Without parameters: `application/...+json; charset=utf-8` is the same type. */
function mediaTypeOf(answer: Answer): string {
  return (text(answer, "content-type").split(";")[0] ?? "").trim().toLowerCase();
}
