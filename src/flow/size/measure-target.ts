import { LINKS_QUESTION } from "../../core/audit/image/audit-question.ts";
import { DIGESTS_QUESTION } from "../../core/audit/image/digests-question.ts";
import { layerContents } from "../../core/audit/size/layer-contents.ts";
import type { Digest } from "../../core/base/digest.ts";
import { fileOwners } from "../../core/policy/size/file-owners.ts";
import type { ImageSize } from "../../core/policy/size/image-size.ts";
import { measureImage } from "../../core/policy/size/measure-image.ts";
import { type StoredContent, storedContents } from "../../core/policy/size/stored-contents.ts";
import { gatherFacts } from "../audit/gather-facts.ts";
import type { ReadTarget } from "../audit/read-targets.ts";

/** What sizes are made of. */
export const SIZE_QUESTIONS = [LINKS_QUESTION, DIGESTS_QUESTION];

/** Of each diffID, what is compared with other layers. */
export type ContentsByLayer = Map<Digest, readonly StoredContent[]>;

/**
 * Measures an image that was read, and adds what its layers hold to `contents`. Throws AuditError where a database of the
 * image cannot be read.
 */
export function measureTarget({ name, digest, image }: ReadTarget, contents: ContentsByLayer): ImageSize {
  const { facts } = gatherFacts(image, image.config?.config ?? {});
  const ownerOf = fileOwners(facts);
  const held = layerContents(image.layers);
  for (const [index, { diffId }] of image.layers.entries())
    if (!contents.has(diffId)) contents.set(diffId, storedContents(held[index] ?? [], ownerOf));
  const { layers, origins, blobs } = image;
  return measureImage({ name, digest, layers, contents: held, origins, blobs, ownerOf });
}
