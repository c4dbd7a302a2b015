import { againOf } from "../../core/audit/size/duplicates.ts";
import { growthOf } from "../../core/policy/size/image-growth.ts";
import type { ImageSize } from "../../core/policy/size/image-size.ts";
import { HOW } from "./size-image.ts";
import type { PageTable } from "./size-page-table.ts";
import { originText, type SizeView } from "./size-view.ts";

/** Of one image. */
export function imageTables(image: ImageSize, growth: SizeView["growth"]): readonly PageTable[] {
  return [
    ownersTable(image),
    layersTable(image),
    typesTable(image),
    goneTable(image),
    duplicatesTable(image),
    grownTable(image, growth),
  ];
}

const OWNER_KINDS = { package: "package", distribution: "distribution", folder: "neither" } as const;

function ownersTable({ owners }: ImageSize): PageTable {
  return {
    title: "Whose",
    heads: [
      ["Name", "text"],
      ["Version", "text"],
      ["Kind", "text"],
      ["Bytes", "bytes"],
      ["Files", "count"],
      ["Layers", "text"],
    ],
    rows: owners.map(({ name, version = "", kind, bytes, files, layers: held }) => [
      name,
      version,
      OWNER_KINDS[kind],
      bytes,
      files,
      held.join(", "),
    ]),
  };
}

function layersTable({ layers }: ImageSize): PageTable {
  return {
    title: "Layers",
    heads: [
      ["Layer", "count"],
      ["Compressed", "bytes"],
      ["Unpacked", "bytes"],
      ["Wasted", "bytes"],
      ["Files", "count"],
      ["Brought by", "text"],
      ["Made by", "text"],
    ],
    rows: layers.map((layer) => [
      layer.index,
      layer.compressed ?? null,
      layer.unpacked,
      layer.wasted,
      layer.files,
      originText({ ...layer, createdBy: undefined }),
      layer.createdBy ?? "",
    ]),
  };
}

function typesTable({ types }: ImageSize): PageTable {
  return {
    title: "Types",
    heads: [
      ["Type", "text"],
      ["Bytes", "bytes"],
      ["Files", "count"],
    ],
    rows: types.map(({ type, bytes, files }) => [type, bytes, files]),
  };
}

function goneTable({ gone }: ImageSize): PageTable {
  return {
    title: "Wasted",
    heads: [
      ["File", "text"],
      ["Bytes", "bytes"],
      ["Layer", "count"],
      ["Gone by", "count"],
      ["How", "text"],
    ],
    rows: gone.largest.map(({ path, bytes, layer, by, how, note }) => [
      `/${path}`,
      bytes,
      layer,
      by,
      note === undefined ? HOW[how] : `${HOW[how]}: ${note}`,
    ]),
    total: gone.count,
  };
}

function duplicatesTable({ duplicates }: ImageSize): PageTable {
  return {
    title: "Stored twice",
    heads: [
      ["Files", "text"],
      ["Again", "bytes"],
      ["Times", "count"],
    ],
    rows: duplicates.largest.map((each) => [
      each.places.map(({ path }) => `/${path}`).join(" = "),
      againOf(each),
      each.count,
    ]),
    total: duplicates.count,
  };
}

function grownTable(image: ImageSize, growth: SizeView["growth"]): PageTable {
  const grown = growth?.images.find(({ name }) => name === image.name);
  return {
    title: "Growth",
    heads: [
      ["Name", "text"],
      ["Bytes", "more"],
      ["Before", "text"],
      ["Now", "text"],
    ],
    rows: (grown?.before === undefined ? [] : grown.changed).map((each) => [
      each.name,
      growthOf(each),
      each.before === undefined ? "not there" : (each.before.version ?? ""),
      each.after === undefined ? "gone" : (each.after.version ?? ""),
    ]),
  };
}
