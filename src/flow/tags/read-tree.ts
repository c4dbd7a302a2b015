import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import type { StoredManifest } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import { listsReferrers } from "../lists-referrers.ts";
import type { Place } from "./put-tags.ts";

/** All that an image is made of in its registry, and what refers to it: signatures, attestations, SBOMs. */
export interface ImageTree {
  /** Each after those that it names, and a referrer after its subject. */
  readonly manifests: readonly StoredManifest[];
  /** Configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
}

/** An index in an index in an index, or a signature of an SBOM of an image: more than that nobody makes. */
const MAX_DEPTH = 4;

/**
 * Reads an image's manifests, each verified against its digest, and those that refer to them where the registry lists
 * them. Throws FlowError PARENT_MISSING where one is gone.
 */
export async function readTree(
  place: Place,
  root: { readonly repository: string; readonly digest: Digest },
  signal: AbortSignal,
): Promise<ImageTree> {
  const at = { host: place.host, repository: root.repository };
  const manifests = new Map<Digest, StoredManifest>();
  const walk = async (digest: Digest, depth: number): Promise<void> => {
    if (manifests.has(digest)) return;
    const stored = await place.registry.readManifest({ ...at, digest }, { signal });
    if (stored === undefined || depth > MAX_DEPTH) {
      const why = stored === undefined ? "is gone from the registry" : `is nested deeper than ${MAX_DEPTH}`;
      throw new FlowError("PARENT_MISSING", `${root.repository}@${digest} ${why}`);
    }
    if (stored.content.kind === "index") {
      for (const child of stored.content.index.manifests) await walk(child.digest, depth + 1);
    }
    manifests.set(digest, stored);
    if (!listsReferrers(place.registry)) return;
    for (const referrer of await place.registry.listReferrers(at, digest, { signal })) {
      await walk(referrer.digest, depth + 1);
    }
  };
  await walk(root.digest, 1);
  return { manifests: [...manifests.values()], blobs: blobsOf([...manifests.values()]) };
}

function blobsOf(manifests: readonly StoredManifest[]): readonly Descriptor[] {
  const blobs = new Map<Digest, Descriptor>();
  for (const { content } of manifests) {
    if (content.kind === "index") continue;
    for (const blob of [content.manifest.config, ...content.manifest.layers]) blobs.set(blob.digest, blob);
  }
  return [...blobs.values()];
}
