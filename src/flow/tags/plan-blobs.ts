import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";

/** An image on its way: its repositories on both sides and its blobs. */
export interface BlobOwner {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly blobs: readonly Descriptor[];
  /** All of its manifests stand in the target already, and so do its blobs: no registry takes a manifest without them. */
  readonly isPresent: boolean;
}

/** One blob's way: it goes to `home` at most once, and from there to the others by mounts. */
export interface BlobCopy {
  readonly blob: Descriptor;
  /** A repository of the source that has it. */
  readonly source: string;
  readonly home: string;
  /** The target has it in `home` for sure. */
  readonly isHeld: boolean;
  readonly others: readonly string[];
  /** Images that wait for it, in the order of the release. */
  readonly images: readonly string[];
}

/** Each blob that some image lacks, once, in the order of the release: bases first, so that a mirror grows bottom up. */
export function planBlobs(owners: readonly BlobOwner[]): readonly BlobCopy[] {
  const users = new Map<Digest, { blob: Descriptor; owners: BlobOwner[] }>();
  for (const owner of owners) {
    for (const blob of owner.blobs) {
      const known = users.get(blob.digest);
      if (known === undefined) users.set(blob.digest, { blob, owners: [owner] });
      else known.owners.push(owner);
    }
  }
  return [...users.values()].flatMap(({ blob, owners }): BlobCopy[] => {
    const lacking = owners.filter(({ isPresent }) => !isPresent);
    const holder = owners.find(({ isPresent }) => isPresent);
    const first = holder ?? lacking[0];
    if (first === undefined || lacking.length === 0) return [];
    const targets = new Set(lacking.map(({ target }) => target));
    targets.delete(first.target);
    return [
      {
        blob,
        source: first.source,
        home: first.target,
        isHeld: holder !== undefined,
        others: [...targets],
        images: lacking.map(({ name }) => name),
      },
    ];
  });
}
