import { shortDigest } from "../../core/base/digest.ts";
import type { Recompressed, SharedLayer } from "../../core/policy/size/fleet-size.ts";
import type { StoredAgain } from "../../core/policy/size/stored-again.ts";
import {
  cellText,
  counted,
  fitMiddle,
  moreLine,
  moreText,
  sizeTable,
  sizeText,
  WIDTH,
} from "./size-cells.ts";
import { ownBytes, type SizeView, shortOrigin } from "./size-view.ts";

/** Several images: what each is, what they share, and what is stored more than once. */
export function renderFleetSize(view: SizeView, top: number): string {
  return [
    sums(view),
    imageTable(view),
    sharedTable(view.fleet.shared, top),
    recompressedTable(view.fleet.recompressed, top),
    againTable(view.fleet.again, top),
  ].join("");
}

function sums({ release, images, fleet }: SizeView): string {
  const { registry, machine, again } = fleet;
  const wasted = again.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = [
    ...(registry === undefined
      ? []
      : [["in the registry, compressed", sizeText(registry.unique), sizeText(registry.sum)]]),
    ["on a machine with all, unpacked", sizeText(machine.unique), sizeText(machine.sum)],
  ];
  const title = `${counted(images.length, "image")}${release === undefined ? "" : ` of release ${release}`}\n`;
  return `${title}${sizeTable([["", "each layer once", "if none were shared"], ...rows], {
    align: ["left", "right", "right"],
  })}${wasted === 0 ? "" : `  ${sizeText(wasted)} of it are files that are stored more than once\n`}`;
}

function imageTable({ images, growth }: SizeView): string {
  const grown = new Map(growth?.images.map((each) => [each.name, each]));
  const rows = images.map(({ size }) => {
    const { before, after } = grown.get(size.name) ?? {};
    const more =
      before === undefined || after === undefined ? "-" : moreText(after.unpacked - before.unpacked);
    return [
      size.name,
      sizeText(size.compressed),
      sizeText(size.unpacked),
      sizeText(ownBytes(size)),
      sizeText(size.wasted),
      more,
    ];
  });
  return `\n${sizeTable([["image", "compressed", "unpacked", "its own", "wasted", "growth"], ...rows], {
    align: ["left", "right", "right", "right", "right", "right"],
    indent: 0,
  })}`;
}

function sharedTable(shared: readonly SharedLayer[], top: number): string {
  if (shared.length === 0) return "";
  const rows = shared
    .slice(0, top)
    .map((layer) => [
      sizeText(layer.unpacked),
      counted(layer.images.length, "image"),
      shortOrigin({ ...layer, createdBy: undefined }),
    ]);
  return `\nshared layers\n${sizeTable(rows, { align: ["right", "right", "left"] })}${moreLine(shared.length - top, "layer")}`;
}

function recompressedTable(found: readonly Recompressed[], top: number): string {
  if (found.length === 0) return "";
  const rows = found
    .slice(0, top)
    .map(({ diffId, blobs, wasted }) => [
      sizeText(wasted),
      shortDigest(diffId),
      blobs
        .map(
          ({ digest, bytes, images }) => `${shortDigest(digest)} ${sizeText(bytes)} of ${images.join(", ")}`,
        )
        .join("; "),
    ]);
  return `\nthe same layer, stored in more than one compression\n${sizeTable(rows, {
    align: ["right", "left", "left"],
  })}${moreLine(found.length - top, "layer")}`;
}

function againTable(again: readonly StoredAgain[], top: number): string {
  if (again.length === 0) return "";
  const rows = again.slice(0, top).map(({ bytes, files, layers, owners }) => {
    const where = layers.map(({ image, index }) => `${image}:${index}`).join(" = ");
    const who = owners.slice(0, 4).map(({ name }) => name);
    return [sizeText(bytes), String(files), where, who.join(", ")];
  });
  const table = sizeTable(
    [["again", "files", "in"], ...rows.map(([bytes = "", files = "", where = ""]) => [bytes, files, where])],
    { align: ["right", "right", "left"] },
  );
  // Whose they are stands below each: both may be long.
  const lines = table.trimEnd().split("\n");
  const shown = lines.flatMap((line, index) => {
    const who = rows[index - 1]?.[3] ?? "";
    return who === "" ? [line] : [line, `${" ".repeat(20)}${fitMiddle(cellText(who), WIDTH - 20)}`];
  });
  return `\nthe same files, stored again\n${shown.join("\n")}\n${moreLine(again.length - top, "set")}`;
}
