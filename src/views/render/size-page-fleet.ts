import type { FleetSize } from "../../core/policy/size/fleet-size.ts";
import type { PageTable } from "./size-page-table.ts";
import { originText, ownBytes, type SizedView, type SizeView } from "./size-view.ts";

/** Of several images together. */
export function fleetTables({ images, fleet, growth }: SizeView): readonly PageTable[] {
  return [
    imagesTable(images),
    sharedTable(fleet),
    againTable(fleet),
    recompressedTable(fleet),
    growthTable(growth),
  ];
}

function imagesTable(images: readonly SizedView[]): PageTable {
  return {
    title: "Images",
    heads: [
      ["Image", "text"],
      ["Compressed", "bytes"],
      ["Unpacked", "bytes"],
      ["Its own", "bytes"],
      ["Wasted", "bytes"],
      ["Stored twice in it", "bytes"],
      ["Files", "count"],
    ],
    rows: images.map(({ size }) => [
      size.name,
      size.compressed ?? null,
      size.unpacked,
      ownBytes(size) ?? null,
      size.wasted,
      size.duplicates.again,
      size.files,
    ]),
  };
}

function sharedTable({ shared }: FleetSize): PageTable {
  return {
    title: "Shared layers",
    heads: [
      ["Brought by", "text"],
      ["Unpacked", "bytes"],
      ["Compressed", "bytes"],
      ["Images", "count"],
      ["Of", "text"],
    ],
    rows: shared.map((layer) => [
      originText({ ...layer, createdBy: undefined }),
      layer.unpacked,
      layer.compressed ?? null,
      layer.images.length,
      layer.images.join(", "),
    ]),
  };
}

function againTable({ again }: FleetSize): PageTable {
  return {
    title: "Stored again",
    heads: [
      ["In", "text"],
      ["Again", "bytes"],
      ["Files", "count"],
      ["Of", "text"],
    ],
    rows: again.map(({ layers, bytes, files, owners }) => [
      layers.map(({ image, index }) => `layer ${index} of ${image}`).join(" = "),
      bytes,
      files,
      owners.map(({ name }) => name).join(", "),
    ]),
  };
}

function recompressedTable({ recompressed }: FleetSize): PageTable {
  return {
    title: "Recompressed",
    heads: [
      ["Layer", "text"],
      ["Wasted", "bytes"],
      ["Stored as", "text"],
    ],
    rows: recompressed.map(({ diffId, wasted, blobs }) => [
      diffId,
      wasted,
      blobs.map(({ digest, images: users }) => `${digest} of ${users.join(", ")}`).join("; "),
    ]),
  };
}

function growthTable(growth: SizeView["growth"]): PageTable {
  return {
    title: "Growth",
    heads: [
      ["Image", "text"],
      ["Since", "text"],
      ["Unpacked", "more"],
      ["Compressed", "more"],
      ["Layers changed", "count"],
    ],
    rows: (growth?.images ?? []).map(({ name, since, before, after, added, removed }) => [
      name,
      since ?? "no earlier release has it",
      before === undefined || after === undefined ? null : after.unpacked - before.unpacked,
      before?.compressed === undefined || after?.compressed === undefined
        ? null
        : after.compressed - before.compressed,
      added.length + removed.length,
    ]),
  };
}
