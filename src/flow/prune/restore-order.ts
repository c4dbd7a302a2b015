import type { Digest } from "../../core/base/digest.ts";
import { subjectOfTag } from "../../core/blueprint/tag-form.ts";
import { MANIFEST_TYPES } from "../../core/oci/media-type.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import type { RestoreItem } from "./journal.ts";

/**
 * Deleted items in an order in which a registry takes them: parts before their index, an image before what refers to it,
 * and that before the list of it. Else as they were deleted, from the last to the first, whatever order the list has come
 * to. Throws OciError where the bytes of one are no manifest.
 */
export function restoreOrder(items: readonly RestoreItem[]): readonly RestoreItem[] {
  const byDigest = new Map<string, RestoreItem[]>();
  for (const item of items) {
    const key = keyOf(item, item.digest);
    byDigest.set(key, [...(byDigest.get(key) ?? []), item]);
  }
  const ordered: RestoreItem[] = [];
  const seen = new Set<RestoreItem>();
  // Without a stack of calls: lists come from files. An entry is put out once all that it waits for is.
  const stack = items.map((item) => ({ item, isOpen: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { item, isOpen } = top;
    if (isOpen) {
      ordered.push(item);
      continue;
    }
    if (seen.has(item)) continue;
    seen.add(item);
    stack.push({ item, isOpen: true });
    for (const digest of neededBy(item))
      for (const needed of byDigest.get(keyOf(item, digest)) ?? [])
        if (!seen.has(needed)) stack.push({ item: needed, isOpen: false });
  }
  return ordered;
}

function keyOf({ host, repository }: RestoreItem, digest: Digest): string {
  return `${host}/${repository}@${digest}`;
}

/** Digests that stand before it: its parts, its subject, and of a list of referrers the image that it is about. */
function neededBy({ manifest, mediaType, tags }: RestoreItem): readonly Digest[] {
  const content = parseManifest(Buffer.from(manifest, "base64"), mediaType);
  const body = content.kind === "index" ? content.index : content.manifest;
  const parts = content.kind === "index" ? content.index.manifests : [];
  return [
    ...(body.subject === undefined ? [] : [body.subject.digest]),
    ...tags.flatMap((tag) => subjectOfTag(tag) ?? []),
    ...parts.filter(({ mediaType: type }) => MANIFEST_TYPES.includes(type)).map(({ digest }) => digest),
  ];
}
