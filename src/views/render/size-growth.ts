import { type ChangedLayer, growthOf } from "../../core/policy/size/image-growth.ts";
import { counted, moreLine, moreText, sizeTable, sizeText, wrapped } from "./size-cells.ts";
import { type GrowthView, shortOrigin } from "./size-view.ts";

type Grown = GrowthView["images"][number];

/** What moved since an earlier release; images that are as they were are counted. */
export function renderGrowth({ images, left }: GrowthView, top: number): string {
  const known = images.filter(({ before }) => before !== undefined);
  const moved = known.filter(({ added, removed }) => added.length + removed.length > 0);
  const newer = images.filter(({ before, since }) => before === undefined && since !== undefined);
  const first = images.filter(({ since }) => since === undefined);
  const lines = [
    ...(moved.length === 0 && known.length > 0
      ? [`  the same layers as in ${releasesOf(known)}\n`]
      : moved.map((each) => grownText(each, top))),
    ...(moved.length > 0 && known.length > moved.length
      ? [`  ${counted(known.length - moved.length, "image")} with the same layers as before\n`]
      : []),
    ...newer.map(({ name, since }) => `  ${name}: new since ${since}\n`),
    ...(first.length === 0
      ? []
      : [
          wrapped(
            "  no earlier release has",
            first.map(({ name }) => name),
          ),
        ]),
    ...left.map(({ name, why }) => `  ${name}: how large it was is not known: ${why}\n`),
  ];
  return lines.length === 0 ? "" : `\ngrowth\n${lines.join("")}`;
}

function releasesOf(images: readonly Grown[]): string {
  return [...new Set(images.map(({ since }) => since ?? ""))].join(", ");
}

function grownText({ name, since, before, after, added, removed, changed }: Grown, top: number): string {
  const unpacked = (after?.unpacked ?? 0) - (before?.unpacked ?? 0);
  const compressed =
    after?.compressed === undefined || before?.compressed === undefined
      ? ""
      : `, ${moreText(after.compressed - before.compressed)} compressed`;
  const layers = [
    ...removed.map((layer) => layerRow("-", layer)),
    ...added.map((layer) => layerRow("+", layer)),
  ];
  const owners = changed.slice(0, top).map((each) => {
    const versions = [each.before?.version, each.after?.version];
    const [old, now] = versions;
    const what =
      each.before === undefined
        ? `new ${now ?? ""}`
        : each.after === undefined
          ? `gone ${old ?? ""}`
          : old === now
            ? (now ?? "")
            : `${old} to ${now}`;
    return [moreText(growthOf(each)), each.name, what];
  });
  return [
    `  ${name} since ${since}: ${moreText(unpacked)} unpacked${compressed}\n`,
    sizeTable(layers, { align: ["left", "right", "left"], indent: 4 }),
    owners.length === 0 ? "" : sizeTable(owners, { align: ["right", "left", "left"], indent: 6 }),
    moreLine(changed.length - top, "change"),
  ].join("");
}

function layerRow(sign: string, layer: ChangedLayer): readonly string[] {
  return [
    `${sign} layer ${layer.index}`,
    sizeText(layer.unpacked),
    shortOrigin({ ...layer, createdBy: undefined }),
  ];
}
