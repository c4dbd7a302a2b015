import type { Digest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { formatPlatform, matchesPlatform, parsePlatform } from "../../core/oci/parse-platform.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { ImageSource } from "../verify/read-stored.ts";

export interface PlatformsAsk {
  readonly digest: Digest;
  /** Of the blueprint. */
  readonly wanted: readonly string[];
  readonly memory: ParseCache;
}

/**
 * The platforms of an image that are to be judged, as OCI writes them: those of the blueprint, and what else its tag would lead
 * to. Or why that is not known. A digest never changes, so its index is read once.
 */
export async function targetPlatforms(
  { registry, at, options }: Pick<ImageSource, "registry" | "at" | "options">,
  { digest, wanted, memory }: PlatformsAsk,
): Promise<readonly string[] | { readonly why: string }> {
  const key = `platforms ${digest}`;
  const known = memory.get(key);
  // Written below, and by nothing else: the memory has a digest over it.
  if (known !== undefined) return withWanted(wanted, known as readonly Descriptor[]);
  try {
    const stored = await registry.readManifest({ ...at, digest }, options);
    // The examination says that it is gone.
    if (stored === undefined) return wanted;
    const entries = stored.content.kind === "index" ? stored.content.index.manifests : [];
    memory.set(key, entries);
    return withWanted(wanted, entries);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { why: error.message };
  }
}

function withWanted(
  wanted: readonly string[],
  entries: readonly Descriptor[],
): readonly string[] | { readonly why: string } {
  const parsed = wanted.map(parsePlatform);
  const others = entries.filter((entry) => !parsed.some((each) => matchesPlatform(entry, each)));
  if (others.some(({ platform }) => platform === undefined))
    return { why: "its index has an image that is of no platform" };
  // BuildKit's attestations are entries of `unknown/unknown`, and nothing that runs.
  const runnable = others.flatMap(({ platform }) =>
    platform === undefined || platform.os === "unknown" ? [] : formatPlatform(platform),
  );
  return [...wanted, ...new Set(runnable)];
}
