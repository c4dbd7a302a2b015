import { AuditError } from "../../core/audit/error.ts";
import { flatten } from "../../core/audit/image/flatten.ts";
import { type Digest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { Descriptor, ImageConfig, Manifest } from "../../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../core/oci/parse-config.ts";
import { matchesPlatform, parsePlatform } from "../../core/oci/parse-platform.ts";
import { CONTENT_QUESTION } from "../../core/policy/image/content-question.ts";
import type { ExpectedImage, ImageContent, ImageFacts } from "../../core/policy/image/image-facts.ts";
import type { LayerReader } from "../../edge/registry/layers/port.ts";
import type { CallOptions, Registry, Repository } from "../../edge/registry/port.ts";

/** Where an image is read from. */
export interface ImageSource {
  readonly registry: Registry;
  readonly layers: LayerReader;
  readonly at: Repository;
  readonly options: CallOptions;
}

export type ReadTarget =
  | { readonly state: "read"; readonly facts: ImageFacts }
  /** The registry answered, and it is not there or no image. */
  | { readonly state: "fails"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

/** Everything of an image that lies in the registry, on one platform. What cannot be read is a value, not an error. */
export async function readTarget(
  source: ImageSource,
  {
    digest,
    platform,
    expected,
  }: { readonly digest: Digest; readonly platform: string; readonly expected: ExpectedImage },
): Promise<ReadTarget> {
  try {
    const found = await readManifest(source, digest, platform);
    if (typeof found === "string") return { state: "fails", why: found };
    const { manifest, descriptor } = found;
    if (manifest.config.size > MAX_CONFIG_BYTES)
      return { state: "fails", why: "its config is larger than any" };
    const config = parseImageConfig(await readBlob(source, manifest.config));
    const content = await readContent(source, manifest, config);
    return { state: "read", facts: { expected, manifest, descriptor, config, content } };
  } catch (error) {
    source.options.signal?.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { state: error.exit === 3 ? "unknown" : "fails", why: error.message };
  }
}

interface Found {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
}

/** The image of the platform, or in words why there is none. */
async function readManifest(source: ImageSource, digest: Digest, platform: string): Promise<Found | string> {
  const { registry, at, options } = source;
  const top = await registry.readManifest({ ...at, digest }, options);
  if (top === undefined) return "it is not in the registry any more";
  if (top.content.kind === "manifest") return { manifest: top.content.manifest, descriptor: top.descriptor };
  const wanted = parsePlatform(platform);
  const entry = top.content.index.manifests.find((each) => matchesPlatform(each, wanted));
  if (entry === undefined) return `it has nothing for ${platform}`;
  const child = await registry.readManifest({ ...at, digest: entry.digest }, options);
  if (child?.content.kind !== "manifest") return `its image for ${platform} is not in the registry any more`;
  return { manifest: child.content.manifest, descriptor: child.descriptor };
}

async function readBlob({ registry, at, options }: ImageSource, blob: Descriptor): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of registry.readBlob(at, blob, options)) parts.push(part);
  return Buffer.concat(parts);
}

/** One layer after the other: reading is bound by one processor, and memory stays small. */
async function readContent(
  source: ImageSource,
  manifest: Manifest,
  config: ImageConfig,
): Promise<ImageContent> {
  const { registry, layers, at, options } = source;
  const { diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length) {
    const why = `the manifest has ${manifest.layers.length} layers, the config ${diffIds.length}`;
    return { state: "unread", outcome: "fails", why };
  }
  try {
    const facts = [];
    for (const [index, blob] of manifest.layers.entries()) {
      const diffId = diffIds[index];
      if (diffId === undefined) continue;
      const { digest: name, size } = blob;
      const open = (call: CallOptions) => registry.readBlob(at, blob, call);
      facts.push(await layers.read({ name, size, diffId, open }, [CONTENT_QUESTION], options));
    }
    return { state: "read", layers: facts, flat: flatten(facts) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    // A limit is ours: what lies beyond it is not known. Anything else that is wrong with a layer is the image's.
    const isOurs = !(error instanceof AuditError) || error.code === "LAYER_LIMIT";
    return { state: "unread", outcome: isOurs ? "unknown" : "fails", why: error.message };
  }
}
