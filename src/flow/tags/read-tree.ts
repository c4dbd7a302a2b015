import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import type { StoredManifest } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import type { Place } from "./put-tags.ts";

/** All that an image is made of in its registry. */
export interface ImageTree {
  /** Each after those that it names; the last is the image itself. */
  readonly manifests: readonly StoredManifest[];
  /** Configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
}

/** An index in an index in an index is more than any builder makes. */
const MAX_DEPTH = 4;

/** Reads an image's manifests, each verified against its digest. Throws FlowError PARENT_MISSING where one is gone. */
export async function readTree(
  { registry, host }: Place,
  root: { readonly repository: string; readonly digest: Digest },
  signal: AbortSignal,
): Promise<ImageTree> {
  const manifests = new Map<Digest, StoredManifest>();
  const blobs = new Map<Digest, Descriptor>();
  const walk = async (digest: Digest, depth: number): Promise<void> => {
    const stored = await registry.readManifest({ host, repository: root.repository, digest }, { signal });
    if (stored === undefined || depth > MAX_DEPTH) {
      const why = stored === undefined ? "is gone from the registry" : `is nested deeper than ${MAX_DEPTH}`;
      throw new FlowError("PARENT_MISSING", `${root.repository}@${digest} ${why}`);
    }
    if (stored.content.kind === "index") {
      for (const child of stored.content.index.manifests) {
        if (!manifests.has(child.digest)) await walk(child.digest, depth + 1);
      }
    } else {
      const { config, layers } = stored.content.manifest;
      for (const blob of [config, ...layers]) blobs.set(blob.digest, blob);
    }
    manifests.set(digest, stored);
  };
  await walk(root.digest, 1);
  return { manifests: [...manifests.values()], blobs: [...blobs.values()] };
}
