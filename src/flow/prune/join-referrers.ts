import { subjectOfTag } from "../../core/blueprint/tag-form.ts";
import type { ImageIndex } from "../../core/oci/manifest.ts";
import { MediaType } from "../../core/oci/media-type.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";
import type { CallOptions, Registry } from "../../edge/registry/port.ts";

/**
 * Gives the list that stands under a subject's fallback tag what a deleted one had besides: pushing what refers to an image
 * begins such a list, and somebody may have signed the image meanwhile. False where the tag is none of these, or where
 * something else than a list is there: that is never moved.
 */
export async function joinReferrers(
  registry: Registry,
  ref: ImageRef,
  deleted: Uint8Array,
  options: CallOptions,
): Promise<boolean> {
  if (ref.tag === undefined || subjectOfTag(ref.tag) === undefined) return false;
  const before = parseManifest(deleted);
  const now = await registry.readManifest(ref, options);
  if (before.kind !== "index" || now?.content.kind !== "index") return false;
  const { manifests } = now.content.index;
  const there = new Set(manifests.map(({ digest }) => digest));
  const lost = before.index.manifests.filter(({ digest }) => !there.has(digest));
  if (lost.length === 0) return true;
  const joined: ImageIndex = { ...now.content.index, manifests: [...manifests, ...lost] };
  await registry.putManifest(ref, Buffer.from(JSON.stringify(joined)), MediaType.ociIndex, options);
  return true;
}
