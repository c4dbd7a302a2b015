import { collectBytes } from "../../core/base/collect-bytes.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import type { ManifestContent } from "../../core/oci/parse-manifest.ts";
import type { CallOptions, Registry, Repository } from "../../edge/registry/port.ts";

export interface MadeInputs extends Repository, CallOptions {
  readonly content: ManifestContent;
}

// BuildKit's cache/remotecache/v1 (spec.go): the config of a cache, with the time at which each layer was made.
const CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";
const MAX_BYTES = 16 * 1024 * 1024;

/** When the newest layer of a build cache was made, in milliseconds; undefined for everything else, and where unknown. */
export async function cacheTime(registry: Registry, inputs: MadeInputs): Promise<number | undefined> {
  const { content } = inputs;
  const parts = content.kind === "index" ? content.index.manifests : [content.manifest.config];
  const config = parts.find(({ mediaType }) => mediaType === CACHE_CONFIG);
  const value = config === undefined ? undefined : await readJson(registry, inputs, config);
  const { layers } = Object(value) as { layers?: unknown };
  if (!Array.isArray(layers)) return undefined;
  const times = layers.map((layer: unknown) => {
    const { annotations } = Object(layer) as { annotations?: unknown };
    return timeOf((Object(annotations) as { createdAt?: unknown }).createdAt);
  });
  // One layer of unknown age, and the whole is.
  return times.length === 0 || times.includes(undefined)
    ? undefined
    : Math.max(...times.map((time) => time ?? 0));
}

/** When the config of a root says that it was made; undefined where it does not, or cannot be read. */
export async function rootTime(registry: Registry, inputs: MadeInputs): Promise<number | undefined> {
  if (inputs.content.kind === "index") return undefined;
  const value = await readJson(registry, inputs, inputs.content.manifest.config);
  return timeOf((Object(value) as { created?: unknown }).created);
}

/** An age that cannot be read is unknown, and what has no known age stays. */
async function readJson(registry: Registry, at: MadeInputs, blob: Descriptor): Promise<unknown> {
  if (blob.size > MAX_BYTES) return undefined;
  const { host, repository, signal } = at;
  try {
    const options = signal === undefined ? {} : { signal };
    const bytes = await collectBytes(registry.readBlob({ host, repository }, blob, options));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function timeOf(text: unknown): number | undefined {
  const time = typeof text === "string" ? Date.parse(text) : Number.NaN;
  // Go writes the year 1 where it knows no time.
  return time > 0 ? time : undefined;
}
