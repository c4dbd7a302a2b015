import { collectBytes } from "../../src/core/base/collect-bytes.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { parseImageRef } from "../../src/core/oci/reference.ts";
import { built } from "../../src/edge/builder/memory.ts";
import type { BuildRequest, BuildResult } from "../../src/edge/builder/port.ts";
import type { MemoryRegistry } from "../../src/edge/registry/memory.ts";
import { buildAndPush } from "./pushing-builder.ts";

/** Pushes an index: what is built for amd64, and for another the same with this environment. */
export async function buildBoth(
  registry: MemoryRegistry,
  request: BuildRequest,
  env: readonly string[] = [],
  other = "arm64",
): Promise<BuildResult> {
  const result = await buildAndPush(registry, request);
  if (!result.ok) return result;
  const at = parseImageRef(request.name);
  const own = await registry.readManifest({ ...at, digest: result.digest });
  if (own?.content.kind !== "manifest") throw new Error("it was not pushed");
  const { manifest } = own.content;
  const text = new TextDecoder().decode(await collectBytes(registry.readBlob(at, manifest.config)));
  const config = encode({ ...JSON.parse(text), architecture: other, config: { Env: env } });
  const descriptor = { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length };
  await registry.putBlob(at, { digest: descriptor.digest, size: config.length, open: () => once(config) });
  const copy = encode({ ...manifest, config: descriptor });
  const put = await registry.putManifest({ ...at, digest: digestOf(copy) }, copy, MediaType.ociManifest);
  const manifests = [
    { ...own.descriptor, platform: { os: "linux", architecture: "amd64" } },
    { ...put, platform: { os: "linux", architecture: other } },
  ];
  const index = encode({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests });
  const { digest } = await registry.putManifest(at, index, MediaType.ociIndex);
  return built(digest, 7);
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
