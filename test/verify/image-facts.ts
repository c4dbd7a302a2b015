import { flatten } from "../../src/core/audit/image/flatten.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { ImageConfig } from "../../src/core/oci/manifest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { CONTENT_QUESTION } from "../../src/core/policy/image/content-question.ts";
import type { ExpectedImage, ImageFacts } from "../../src/core/policy/image/image-facts.ts";
import { judgeImage } from "../../src/core/policy/image/judge-image.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";
import { layerOf } from "../audit/layers.ts";
import type { TarItem } from "../kit/tar-writer.ts";
import { ANNOTATIONS, CONFIG, FILES, HISTORY, IDENTITY, PROFILE } from "./sound-image.ts";

/** How an image differs from the sound one. */
export interface Changes {
  readonly layers?: readonly (readonly TarItem[])[];
  readonly config?: Partial<ImageConfig["config"]>;
  readonly history?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly expected?: Partial<ExpectedImage>;
  readonly content?: ImageFacts["content"];
}

const BLOB = { mediaType: MediaType.ociLayerGzip, digest: digestOf("blob"), size: 1 };

export function factsOf({
  layers = [FILES],
  config = {},
  history = HISTORY,
  annotations = ANNOTATIONS,
  expected = {},
  content,
}: Changes): ImageFacts {
  const read = layers.map((items) => layerOf(items, CONTENT_QUESTION));
  return {
    expected: {
      name: "app",
      kind: "service",
      at: { file: "lapstrake.yaml", line: 3, column: 1 },
      user: "10001:10001",
      profile: { machine: "mainpc", text: PROFILE },
      identity: IDENTITY,
      base: { name: "base", digest: digestOf("base") },
      rootLayers: [],
      ...expected,
    },
    manifest: {
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: BLOB,
      layers: read.map(({ diffId }) => ({ ...BLOB, digest: diffId })),
      annotations,
    },
    descriptor: { mediaType: MediaType.ociManifest, digest: digestOf("manifest"), size: 1 },
    config: {
      os: "linux",
      architecture: "amd64",
      config: { ...CONFIG, ...config },
      rootfs: { diffIds: read.map(({ diffId }) => diffId) },
      history: history.map((createdBy) => ({ createdBy })),
    },
    content: content ?? { state: "read", layers: read, flat: flatten(read) },
  };
}

export const judged = (changes: Changes): Record<string, Verdict> =>
  Object.fromEntries(judgeImage(factsOf(changes)).map((verdict) => [verdict.rule, verdict]));
export const red = (changes: Changes): readonly string[] =>
  Object.values(judged(changes)).flatMap(({ rule, outcome }) =>
    outcome === "holds" ? [] : [`${rule} ${outcome}`],
  );
