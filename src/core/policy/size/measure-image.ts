import type { LayerFacts } from "../../audit/image/layer-facts.ts";
import { againOf, duplicatesIn } from "../../audit/size/duplicates.ts";
import { fileTypeOf } from "../../audit/size/file-type.ts";
import { type Content, type GoneHow } from "../../audit/size/layer-contents.ts";
import type { Digest } from "../../base/digest.ts";
import type { Descriptor } from "../../oci/manifest.ts";
import type { LayerOrigin } from "../audit/layer-origins.ts";
import { type FileOwner, ownerKey } from "./file-owners.ts";
import {
  type Duplicates,
  type GoneFile,
  type GoneFiles,
  type ImageSize,
  LARGEST,
  type LayerPart,
  type LayerSize,
  type OwnerSize,
  SHOWN_FILES,
  type SizedFile,
  type TypeSize,
} from "./image-size.ts";

export interface MeasuredImage {
  readonly name: string;
  readonly digest: Digest | undefined;
  /** The lowest first, and so are `contents`, `origins` and `blobs`. */
  readonly layers: readonly Pick<LayerFacts, "diffId" | "bytes">[];
  readonly contents: readonly (readonly Content[])[];
  /** Empty where nobody says how it was made. */
  readonly origins: readonly LayerOrigin[];
  /** Undefined where its layers are no blobs. */
  readonly blobs: readonly Pick<Descriptor, "digest" | "size">[] | undefined;
  ownerOf(path: string): FileOwner;
}

/** Says of every byte of an image whose it is, or why nobody has any use for it. */
export function measureImage(image: MeasuredImage): ImageSize {
  const { name, digest, contents, blobs } = image;
  const layers = image.layers.map((_, index) => measureLayer(image, index));
  const sum = (of: (layer: LayerSize) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  return {
    name,
    digest,
    compressed: blobs?.reduce((total, { size }) => total + size, 0),
    unpacked: sum(({ unpacked }) => unpacked),
    kept: sum(({ kept }) => kept),
    wasted: sum(({ wasted }) => wasted),
    archive: sum(({ archive }) => archive),
    files: sum(({ files }) => files),
    layers,
    owners: ownersOf(layers),
    types: typesOf(contents),
    gone: goneFiles(contents),
    duplicates: duplicatesOf(contents),
  };
}

function measureLayer(
  { layers, contents, origins, blobs, ownerOf }: MeasuredImage,
  index: number,
): LayerSize {
  const { diffId, bytes: unpacked } = layers[index] ?? { diffId: undefined, bytes: 0 };
  if (diffId === undefined) throw new Error(`there is no layer ${index}`);
  const own = contents[index] ?? [];
  const here = own.filter(({ gone }) => gone === undefined);
  const kept = bytesIn(here);
  const wasted = bytesIn(own) - kept;
  const { createdBy, owner, instruction } = origins[index] ?? {};
  return {
    index,
    diffId,
    blob: blobs?.[index]?.digest,
    compressed: blobs?.[index]?.size,
    unpacked,
    kept,
    wasted,
    archive: unpacked - kept - wasted,
    files: here.length,
    owner,
    instruction: instruction && `${instruction.file}:${instruction.line}-${instruction.endLine}`,
    createdBy,
    parts: partsOf(here, ownerOf),
  };
}

function bytesIn(files: readonly SizedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function partsOf(contents: readonly Content[], ownerOf: MeasuredImage["ownerOf"]): readonly LayerPart[] {
  const parts = new Map<FileOwner, Content[]>();
  for (const content of contents) {
    const owner = ownerOf(content.path);
    const known = parts.get(owner);
    if (known === undefined) parts.set(owner, [content]);
    else known.push(content);
  }
  return [...parts]
    .map(
      ([owner, files]): LayerPart => ({
        ...owner,
        bytes: bytesIn(files),
        files: files.length,
        largest: largest(files, LARGEST).map(({ path, bytes }) => ({ path, bytes })),
      }),
    )
    .sort(byBytes);
}

function ownersOf(layers: readonly LayerSize[]): readonly OwnerSize[] {
  const owners = new Map<string, OwnerSize>();
  for (const { index, parts } of layers) {
    for (const { largest: _largest, ...part } of parts) {
      const key = ownerKey(part);
      const before = owners.get(key);
      owners.set(key, {
        ...part,
        bytes: part.bytes + (before?.bytes ?? 0),
        files: part.files + (before?.files ?? 0),
        layers: [...(before?.layers ?? []), index],
      });
    }
  }
  return [...owners.values()].sort(byBytes);
}

function typesOf(contents: readonly (readonly Content[])[]): readonly TypeSize[] {
  const types = new Map<string, { bytes: number; files: number }>();
  for (const { path, isElf, bytes, gone } of contents.flat()) {
    if (gone !== undefined) continue;
    const type = fileTypeOf(path, isElf);
    const known = types.get(type) ?? { bytes: 0, files: 0 };
    types.set(type, { bytes: known.bytes + bytes, files: known.files + 1 });
  }
  return [...types]
    .map(([type, sizes]) => ({ type, ...sizes }))
    .sort((one, other) => other.bytes - one.bytes || (one.type < other.type ? -1 : 1));
}

function goneFiles(contents: readonly (readonly Content[])[]): GoneFiles {
  const files = contents.flatMap((own, layer) =>
    own.flatMap(({ path, bytes, gone }): GoneFile[] => {
      if (gone === undefined) return [];
      const { by, how, note } = gone;
      return [{ layer, path, bytes, by, how, ...(note === undefined ? {} : { note }) }];
    }),
  );
  const sums = new Map<GoneHow, { files: number; bytes: number }>();
  for (const { how, bytes } of files) {
    const known = sums.get(how) ?? { files: 0, bytes: 0 };
    sums.set(how, { files: known.files + 1, bytes: known.bytes + bytes });
  }
  return {
    count: files.length,
    sums: [...sums].map(([how, sum]) => ({ how, ...sum })).sort((one, other) => other.bytes - one.bytes),
    largest: largest(files, SHOWN_FILES),
  };
}

function duplicatesOf(contents: readonly (readonly Content[])[]): Duplicates {
  const found = duplicatesIn(contents);
  return {
    count: found.length,
    again: found.reduce((sum, each) => sum + againOf(each), 0),
    largest: found.slice(0, SHOWN_FILES),
  };
}

function largest<File extends SizedFile>(files: readonly File[], count: number): readonly File[] {
  return [...files]
    .sort((one, other) => other.bytes - one.bytes || (one.path < other.path ? -1 : 1))
    .slice(0, count);
}

function byBytes(one: FileOwner & { bytes: number }, other: FileOwner & { bytes: number }): number {
  return other.bytes - one.bytes || (ownerKey(one) < ownerKey(other) ? -1 : 1);
}
