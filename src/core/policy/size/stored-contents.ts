import type { Content } from "../../audit/size/layer-contents.ts";
import type { Digest } from "../../base/digest.ts";
import type { FileOwner } from "./file-owners.ts";

/** A file of a layer that is compared with those of other layers. */
export interface StoredContent {
  readonly digest: Digest;
  readonly bytes: number;
  readonly owner: FileOwner;
}

/** What a layer holds, whatever stands on it. */
export function storedContents(
  contents: readonly Content[],
  ownerOf: (path: string) => FileOwner,
): readonly StoredContent[] {
  return contents.flatMap(({ digest, bytes, path }) =>
    digest === undefined ? [] : [{ digest, bytes, owner: ownerOf(path) }],
  );
}
