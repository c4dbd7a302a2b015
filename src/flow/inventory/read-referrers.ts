import type { StoredFact } from "../../core/inventory/observed.ts";
import type { Registry, Repository } from "../../edge/registry/port.ts";
import type { ManifestListing } from "../../edge/registry/powers.ts";

/**
 * What a tag `sha256-…` stands on: a list of what refers to the image of that digest (SBOMs, signatures), which is judged
 * by its name. So the digest is enough: no request where the host lists its packages, a HEAD elsewhere, and never one for
 * each thing on the list.
 */
export async function readReferrers(
  registry: Registry & Partial<ManifestListing>,
  ref: Repository & { readonly tag: string },
  signal: AbortSignal,
): Promise<StoredFact | undefined> {
  const versions = await registry.listManifests?.(ref, { signal });
  const listed = (versions ?? []).filter(({ tags }) => tags.includes(ref.tag));
  // Where two claim the tag, or none does, the registry has the word.
  const [found] = listed.length === 1 ? listed : [await registry.resolve(ref, { signal })];
  return (
    found && {
      digest: found.digest,
      mediaType: undefined,
      manifest: undefined,
      index: undefined,
      children: [],
      created: undefined,
      revision: undefined,
      baseDigest: undefined,
    }
  );
}
