import { AuditError } from "../../core/audit/error.ts";
import { listedOf } from "../../core/audit/sbom/listed-sbom.ts";
import type { Sbom } from "../../core/audit/sbom/sbom.ts";
import type { Digest } from "../../core/base/digest.ts";
import type { ImageGraph, ImageNode } from "../../core/graph/image-graph.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import { type LayerOrigin, layerOrigins } from "../../core/policy/audit/layer-origins.ts";
import { CONTENT_QUESTION } from "../../core/policy/image/content-question.ts";
import type { ExpectedImage, ImageFacts } from "../../core/policy/image/image-facts.ts";
import { judgeImage } from "../../core/policy/image/judge-image.ts";
import { machineOf } from "../../core/policy/locks/platform.ts";
import { describeImage } from "../../core/policy/sbom/describe-image.ts";
import { sbomVerdict } from "../../core/policy/sbom/sbom-verdict.ts";
import type { Verdict } from "../../core/policy/verdict.ts";
import { gatherFacts } from "../audit/gather-facts.ts";
import { SBOM_QUESTIONS } from "../sbom/make-sboms.ts";
import type { ImageSource } from "../verify/read-stored.ts";
import { readTarget } from "../verify/read-target.ts";
import { withMetadataFiles } from "./metadata-files.ts";

/** All that gates need of an image's content. Plain data: kept under the image's digest, it answers again without a layer. */
export interface Examined {
  /** Without files but those that `withMetadataFiles` leaves. */
  readonly sbom: Sbom;
  readonly verdicts: readonly Verdict[];
  readonly origins: readonly LayerOrigin[];
  /** Bytes. */
  readonly size: { readonly compressed: number; readonly unpacked: number };
  /** As it says itself. */
  readonly annotations: Readonly<Record<string, string>>;
}

export type Examination =
  | { readonly state: "read"; readonly examined: Examined }
  /** It is there and no image that could be used, or it is not there. */
  | { readonly state: "error"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

export interface ExamineAsk {
  readonly digest: Digest;
  readonly platform: string;
  readonly expected: ExpectedImage;
  /** The image of the fleet that it is. */
  readonly of: { readonly graph: ImageGraph; readonly node: ImageNode } | undefined;
  readonly repository: string | undefined;
  /** Version of Lapstrake. */
  readonly tool: string;
  /** `empty`: a canary, whose SBOM says nothing of what it has. */
  readonly sbom: "described" | "empty";
}

/** Reads an image, each layer once ever, and judges what is in it by every rule that needs no other image. */
export async function examineImage(source: ImageSource, ask: ExamineAsk): Promise<Examination> {
  const { digest, platform, expected } = ask;
  const questions = [CONTENT_QUESTION, ...SBOM_QUESTIONS];
  const read = await readTarget(source, { digest, platform, expected, questions });
  if (read.state !== "read") return { state: read.state === "fails" ? "error" : "unknown", why: read.why };
  const { content, config } = read.facts;
  const { os, architecture } = parsePlatform(platform);
  if (config.os !== os || config.architecture !== architecture)
    return {
      state: "error",
      why: `it is for ${config.os}/${config.architecture}, and has nothing for ${platform}`,
    };
  if (content.state !== "read")
    return { state: content.outcome === "fails" ? "error" : "unknown", why: content.why };
  try {
    return { state: "read", examined: examinedOf(ask, read.facts, content) };
  } catch (error) {
    // A database of the image that nobody can read: who hides packages so is not let through.
    if (error instanceof AuditError) return { state: "error", why: error.message };
    throw error;
  }
}

function examinedOf(
  { expected, platform, of, repository, tool, sbom: form }: ExamineAsk,
  facts: ImageFacts,
  { layers, flat }: Extract<ImageFacts["content"], { state: "read" }>,
): Examined {
  const { config, manifest, descriptor } = facts;
  const gathered = gatherFacts({ layers, flat }, config.config);
  const origins = layerOrigins(config, of);
  const described = describeImage({
    facts: gathered.facts,
    origins: gathered.origins,
    licences: gathered.licences,
    layers: origins,
    subject: {
      name: expected.name,
      digest: descriptor.digest,
      architecture: parsePlatform(platform).architecture,
      ...(repository === undefined ? {} : { repository }),
    },
    created: config.created,
    tool,
    machine: machineOf(platform) ?? "",
  });
  const sbom = form === "empty" ? { ...described, components: [] } : described;
  return {
    sbom: { ...sbom, components: sbom.components.map(withMetadataFiles) },
    verdicts: [...judgeImage(facts), sbomVerdict(facts, { state: "read", sbom: listedOf(sbom) })],
    origins,
    size: {
      compressed: manifest.layers.reduce((sum, { size }) => sum + size, 0),
      unpacked: layers.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    annotations: manifest.annotations ?? {},
  };
}
