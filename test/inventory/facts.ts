import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { tagJudge } from "../../src/core/blueprint/tag-kind.ts";
import type {
  EngineFact,
  EngineImageFact,
  Observation,
  RepositoryFact,
  StoredFact,
} from "../../src/core/inventory/observed.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";

export const HOST = "registry.example";
export const NEW = "20260304-bbbbbbb";
export const OLD = "20260201-aaaaaaa";
export const TAGS = { new: NEW, old: OLD } as const;

/** The digest that a word stands for. */
export function named(word: string): Digest {
  return digestOf(word);
}

/** An image of one layer of 100 bytes (or of these), named by a word. */
export function image(word: string, layers: readonly string[] = [word]): StoredFact {
  return {
    digest: named(word),
    mediaType: MediaType.ociManifest,
    manifest: {
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: { mediaType: MediaType.ociConfig, digest: named(`${word} config`), size: 10 },
      layers: layers.map((layer) => ({
        mediaType: MediaType.ociLayerGzip,
        digest: named(`${layer} layer`),
        size: 100,
      })),
    },
    index: undefined,
    children: [],
    created: "2026-03-04T00:00:00Z",
    revision: "bbbbbbb",
    baseDigest: undefined,
  };
}

/** An index over these, and over others that the registry lost. */
export function indexOf(
  word: string,
  children: readonly StoredFact[],
  lost: readonly string[] = [],
): StoredFact {
  const entries = [...children.map(({ digest }) => digest), ...lost.map(named)];
  return {
    ...image(word),
    mediaType: MediaType.ociIndex,
    manifest: undefined,
    index: {
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: entries.map((digest) => ({
        mediaType: MediaType.ociManifest,
        digest,
        size: 500,
        platform: { os: "linux", architecture: "amd64" },
      })),
    },
    children,
  };
}

export function contentTagOf(word: string): string {
  return `in-${named(word).slice("sha256:".length)}`;
}

export function repository(name: string, tags: Readonly<Record<string, StoredFact>>): RepositoryFact {
  return {
    repository: `demo/${name}`,
    state: "read",
    tags: Object.entries(tags).map(([tag, stored]) => ({ tag, stored })),
  };
}

/** What an engine with containerd's store lists for `demo/NAME:TAG`; without a tag, pulled by digest. */
export function held(name: string, tag: string | undefined, digest: string): EngineImageFact {
  const place = `${HOST}/demo/${name}`;
  return {
    id: digest,
    repoTags: [tag === undefined ? `${place}@${digest}` : `${place}:${tag}`],
    repoDigests: [`${place}@${digest}`],
    sizeBytes: 300,
    manifests: [{ digest, unpackedBytes: 200 }],
  };
}

export function engine(
  images: readonly EngineImageFact[],
  more: Partial<EngineFact & { state: "read" }> = {},
): EngineFact {
  return { name: "local", machines: [], state: "read", images, containers: [], ...more };
}

export const SILENT: EngineFact = {
  name: "local",
  machines: [],
  state: "unknown",
  why: "connection refused",
};

/**
 * A fleet of `web` and `api`, released as OLD and then as NEW, all of it in the registry: the digests are those of the
 * words "web old", "web new", and so on.
 */
export function released(change: Partial<Observation> = {}): Observation {
  const names = ["web", "api"];
  return {
    declared: names.map((name) => ({
      name,
      repository: `demo/${name}`,
      base: name === "api" ? "web" : "debian",
      unavailable: undefined,
      machines: [],
    })),
    releases: (["old", "new"] as const).map((age) => ({
      tag: TAGS[age],
      images: names.map((name) => ({ name, repository: `demo/${name}`, digest: named(`${name} ${age}`) })),
      unavailable: [],
    })),
    registry: {
      host: HOST,
      namespace: "demo",
      repositories: names.map((name) => repository(name, inRegistry(name))),
    },
    engines: [engine(names.map((name) => held(name, NEW, named(`${name} new`))))],
    roleOfTag: tagJudge({ scheme: "{date}-{sha}", channels: ["stable"] }),
    ...change,
  };
}

/** All tags of an image of `released`. */
export function inRegistry(name: string): Readonly<Record<string, StoredFact>> {
  return {
    [NEW]: image(`${name} new`),
    [OLD]: image(`${name} old`),
    [contentTagOf(`${name} new`)]: image(`${name} new`),
  };
}

/** `released`, with other tags of `web`. */
export function withWeb(
  tags: Readonly<Record<string, StoredFact>>,
  change: Partial<Observation> = {},
): Observation {
  const repositories = [repository("web", tags), repository("api", inRegistry("api"))];
  return released({ registry: { host: HOST, namespace: "demo", repositories }, ...change });
}
