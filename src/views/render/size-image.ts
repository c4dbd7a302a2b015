import { againOf } from "../../core/audit/size/duplicates.ts";
import { shortDigest } from "../../core/base/digest.ts";
import type { GoneFile, ImageSize, OwnerSize } from "../../core/policy/size/image-size.ts";
import { counted, countedFiles, moreLine, shareText, sizeTable, sizeText } from "./size-cells.ts";
import { ownerText, type SizedView, shortOrigin } from "./size-view.ts";

/** One image from its layers down to its files, each list as long as `top`. */
export function renderImageSize({ size, source }: SizedView, top: number): string {
  const { name, digest, compressed, unpacked, kept, wasted, archive, files } = size;
  const head = `${name}${digest === undefined ? "" : ` ${shortDigest(digest)}`} (${source})\n`;
  const sums = [
    ...(compressed === undefined ? [] : [`${sizeText(compressed)} compressed`]),
    `${sizeText(unpacked)} unpacked:`,
  ].join(", ");
  return [
    head,
    `  ${sums} ${sizeText(kept)} in ${countedFiles(files)}, ${sizeText(wasted)} wasted,\n  ${sizeText(archive)} of archive\n`,
    layerTable(size),
    ownerTable(size, { kind: "package", one: "package", top }),
    ownerTable(size, { kind: "distribution", one: "distribution", top }),
    ownerTable(size, { kind: "folder", one: "folder", top }),
    typeTable(size, top),
    goneTable(size, top),
    duplicateTable(size, top),
  ].join("");
}

function layerTable({ layers }: ImageSize): string {
  const rows = layers.map((layer) => [
    String(layer.index),
    sizeText(layer.compressed),
    sizeText(layer.unpacked),
    sizeText(layer.wasted),
    shortOrigin(layer),
  ]);
  return `\n${sizeTable([["layer", "compressed", "unpacked", "wasted", "brought by"], ...rows], {
    align: ["right", "right", "right", "right", "left"],
  })}`;
}

interface OwnerList {
  readonly kind: OwnerSize["kind"];
  /** What one of them is called. */
  readonly one: string;
  readonly top: number;
}

function ownerTable({ owners, kept }: ImageSize, { kind, one, top }: OwnerList): string {
  const own = owners.filter((each) => each.kind === kind);
  if (own.length === 0) return "";
  const sum = own.reduce((total, { bytes }) => total + bytes, 0);
  const rows = own
    .slice(0, top)
    .map((each) => [
      sizeText(each.bytes),
      shareText(each.bytes, kept),
      countedFiles(each.files),
      ownerText(each),
    ]);
  return `\n  ${counted(own.length, one)}${kind === "folder" ? " with files of neither" : ""}: ${sizeText(sum)}, ${shareText(sum, kept)}\n${sizeTable(
    rows,
    {
      align: ["right", "right", "right", "left"],
      indent: 4,
    },
  )}${moreLine(own.length - top, one)}`;
}

function typeTable({ types, kept }: ImageSize, top: number): string {
  const rows = types
    .slice(0, top)
    .map(({ type, bytes, files }) => [sizeText(bytes), shareText(bytes, kept), countedFiles(files), type]);
  return rows.length === 0
    ? ""
    : `\n  types of files\n${sizeTable(rows, { align: ["right", "right", "right", "left"], indent: 4 })}${moreLine(types.length - top, "type")}`;
}

function goneTable({ gone, wasted }: ImageSize, top: number): string {
  if (gone.count === 0) return "";
  const sums = gone.sums
    .map(({ how, bytes, files }) => `${HOW[how]} ${sizeText(bytes)} in ${files}`)
    .join(", ");
  const rows = gone.largest
    .slice(0, top)
    .map((file) => [sizeText(file.bytes), goneText(file), `/${file.path}`]);
  return `\n  wasted: ${sizeText(wasted)} in ${countedFiles(gone.count)} that no container sees\n    ${sums}\n${sizeTable(
    rows,
    {
      align: ["right", "left", "left"],
      indent: 4,
    },
  )}${moreLine(gone.count - top, "file")}`;
}

export const HOW: Readonly<Record<GoneFile["how"], string>> = {
  replaced: "replaced",
  uncompared: "written anew",
  attributes: "only attributes changed",
  moved: "moved",
  deleted: "deleted",
  "left-out": "never laid in",
};

function goneText({ layer, by, how, note }: GoneFile): string {
  const what = note === undefined || how === "moved" ? HOW[how] : note;
  return layer === by ? `layer ${layer}, ${what}` : `layer ${layer}, ${what} in ${by}`;
}

function duplicateTable({ duplicates }: ImageSize, top: number): string {
  const { count, again, largest } = duplicates;
  if (count === 0) return "";
  const rows = largest
    .slice(0, top)
    .map((each) => [
      sizeText(againOf(each)),
      `${each.count} times`,
      each.places.map(({ path }) => `/${path}`).join(" = "),
    ]);
  return `\n  stored more than once: ${sizeText(again)} too much, in ${counted(count, "content")}\n${sizeTable(
    rows,
    {
      align: ["right", "right", "left"],
      indent: 4,
    },
  )}${moreLine(count - top, "content")}`;
}
