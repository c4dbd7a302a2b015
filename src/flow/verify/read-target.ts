import { AuditError } from "../../core/audit/error.ts";
import { flatten } from "../../core/audit/image/flatten.ts";
import type { ContentQuestion } from "../../core/audit/image/layer-facts.ts";
import type { Digest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { ImageConfig, Manifest } from "../../core/oci/manifest.ts";
import type { ExpectedImage, ImageContent, ImageFacts } from "../../core/policy/image/image-facts.ts";

import { type ImageSource, layersIn, readStored } from "./read-stored.ts";

export type ReadTarget =
  | { readonly state: "read"; readonly facts: ImageFacts }
  /** The registry answered, and it is not there or no image. */
  | { readonly state: "fails"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

export interface TargetAsk {
  readonly digest: Digest;
  /** As OCI writes it. */
  readonly platform: string;
  readonly expected: ExpectedImage;
  /** Of its files. */
  readonly questions: readonly ContentQuestion[];
}

/** Everything of an image that lies in the registry, on one platform. What cannot be read is a value, not an error. */
export async function readTarget(
  source: ImageSource,
  { digest, platform, expected, questions }: TargetAsk,
): Promise<ReadTarget> {
  try {
    const stored = await readStored(source, digest, platform);
    if (typeof stored === "string") return { state: "fails", why: stored };
    const { manifest, descriptor, config } = stored;
    const content = await readContent(source, { manifest, config, questions });
    return { state: "read", facts: { expected, manifest, descriptor, config, content } };
  } catch (error) {
    source.options.signal?.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { state: error.exit === 3 ? "unknown" : "fails", why: error.message };
  }
}

interface StoredParts extends Pick<TargetAsk, "questions"> {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/** One layer after the other: reading is bound by one processor, and memory stays small. */
async function readContent(
  source: ImageSource,
  { manifest, config, questions }: StoredParts,
): Promise<ImageContent> {
  const { layers, options } = source;
  const { diffIds } = config.rootfs;
  if (diffIds.length !== manifest.layers.length) {
    const why = `the manifest has ${manifest.layers.length} layers, the config ${diffIds.length}`;
    return { state: "unread", outcome: "fails", why };
  }
  try {
    const facts = [];
    for (const layer of layersIn(source, { manifest, config }))
      facts.push(await layers.read(layer, questions, options));
    return { state: "read", layers: facts, flat: flatten(facts) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    // A limit is ours: what lies beyond it is not known. Anything else that is wrong with a layer is the image's.
    const isOurs = !(error instanceof AuditError) || error.code === "LAYER_LIMIT";
    return { state: "unread", outcome: isOurs ? "unknown" : "fails", why: error.message };
  }
}
