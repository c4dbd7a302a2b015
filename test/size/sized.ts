import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { DIGESTS_QUESTION } from "../../src/core/audit/image/digests-question.ts";
import { LayerCollector } from "../../src/core/audit/image/layer-collector.ts";
import { joinFacts, type LayerFacts } from "../../src/core/audit/image/layer-facts.ts";
import { layerContents } from "../../src/core/audit/size/layer-contents.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import type { FileOwner } from "../../src/core/policy/size/file-owners.ts";
import type { ImageSize } from "../../src/core/policy/size/image-size.ts";
import { measureImage } from "../../src/core/policy/size/measure-image.ts";
import { type TarItem, tarOf } from "../kit/tar-writer.ts";

/** A layer as `size` reads it. */
export function sizeLayer(items: readonly TarItem[]): LayerFacts {
  const bytes = tarOf(items);
  const collector = new LayerCollector([LINKS_QUESTION, DIGESTS_QUESTION]);
  collector.write(bytes);
  const { listing, answers } = collector.finish(digestOf(bytes));
  return joinFacts(listing, answers);
}

const OWNERS: Record<string, FileOwner> = {};

/** Whoever the first folder of a path is called for. */
export function ownerByFolder(path: string): FileOwner {
  const name = path.split("/").slice(0, -1)[0] ?? "";
  return (OWNERS[name] ??= { kind: name === "" ? "folder" : "package", name: name === "" ? "/" : name });
}

export interface SizedOptions {
  readonly name?: string;
  /** By layer: the image that brought it. */
  readonly owners?: readonly string[];
  /** By layer: how its blob is called where it is not its diffID, gzip's way. */
  readonly blobs?: readonly string[];
}

/** An image of these layers; a blob is half as large as what it unpacks to. */
export function sizedImage(
  layers: readonly (readonly TarItem[])[],
  { name = "image", owners = [], blobs = [] }: SizedOptions = {},
): ImageSize {
  const facts = layers.map(sizeLayer);
  return measureImage({
    name,
    digest: digestOf(name),
    layers: facts,
    contents: layerContents(facts),
    origins: facts.map(({ diffId }, layer) => ({
      layer,
      diffId,
      createdBy: `step ${layer}`,
      ...(owners[layer] === undefined ? {} : { owner: owners[layer] }),
    })),
    blobs: facts.map(({ diffId, bytes }, layer) => ({
      digest: digestOf(`${blobs[layer] ?? "gzip"} ${diffId}`),
      size: bytes / 2,
    })),
    ownerOf: ownerByFolder,
  });
}

/** Content of so many bytes that only this letter has. */
export function content(letter: string, bytes: number): string {
  return letter.repeat(bytes);
}
