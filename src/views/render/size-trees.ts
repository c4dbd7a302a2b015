import type { ImageSize, LayerPart, LayerSize } from "../../core/policy/size/image-size.ts";
import { HOW } from "./size-image.ts";
import { originText, ownerText, type SizeView } from "./size-view.ts";
import type { TreemapNode } from "./treemap.ts";

/** What is smaller than this share of the whole comes together in one: nobody could see it. */
const SMALLEST = 1 / 4000;

/** An image: layers, whose files these are, and the files. */
export function imageTree(image: ImageSize): TreemapNode {
  const least = image.unpacked * SMALLEST;
  return {
    label: image.name,
    bytes: image.unpacked,
    kind: "image",
    children: image.layers.map((layer) => layerNode(layer, image, least)),
  };
}

/** Of a layer of several images: who opens it sees it as large as the whole. */
const SMALLEST_IN_LAYER = 1 / 1000;
/** Of all images, so that a page of hundreds of layers stays small. */
const SMALLEST_OF_ALL = 1 / 100_000;

/** Several images, each layer once: under who brought it, as on a machine that has them all. */
export function fleetTree({
  images,
  fleet,
  release,
}: Pick<SizeView, "images" | "fleet" | "release">): TreemapNode {
  const least = fleet.machine.unique * SMALLEST_OF_ALL;
  const seen = new Set<string>();
  const owners = new Map<string, TreemapNode[]>();
  for (const { size } of images) {
    for (const layer of size.layers) {
      if (seen.has(layer.diffId)) continue;
      seen.add(layer.diffId);
      const owner = layer.owner ?? size.name;
      const node = layerNode(layer, size, Math.max(least, layer.unpacked * SMALLEST_IN_LAYER));
      owners.set(owner, [...(owners.get(owner) ?? []), node]);
    }
  }
  return {
    label: release === undefined ? "all images" : `release ${release}`,
    bytes: fleet.machine.unique,
    note: "Each layer once, as on a machine that has all of these images.",
    children: [...owners].map(([label, layers]) => ownerNode(label, layers)),
  };
}

function ownerNode(label: string, layers: readonly TreemapNode[]): TreemapNode {
  const [only] = layers;
  // With one layer, nobody wants to open it twice.
  if (only !== undefined && layers.length === 1) return { ...only, label, kind: "image" };
  return { label, bytes: sumOf(layers), kind: "image", children: layers };
}

function layerNode(layer: LayerSize, { gone }: ImageSize, least: number): TreemapNode {
  const { index, unpacked, wasted, archive, owner, parts } = layer;
  return {
    label: `layer ${index}${owner === undefined ? "" : ` of ${owner}`}`,
    bytes: unpacked,
    kind: "layer",
    note: originText(layer),
    children: [
      ...merged(
        parts.map((part) => partNode(part, least)),
        least,
      ),
      ...(wasted === 0 ? [] : [wasteNode(layer, gone, least)]),
      ...(archive === 0 ? [] : [{ label: "headers and padding", bytes: archive, kind: "archive" as const }]),
    ],
  };
}

function partNode({ kind, bytes, files, largest, ...owner }: LayerPart, least: number): TreemapNode {
  const shown = largest.map(
    ({ path, bytes: own }): TreemapNode => ({ ...placeOf(path), bytes: own, kind: "file" }),
  );
  return {
    label: ownerText(owner),
    bytes,
    kind,
    note: `${files} ${files === 1 ? "file" : "files"}${owner.at === undefined ? "" : ` in /${owner.at}`}`,
    children: withRest(merged(shown, least), { bytes, count: files - shown.length }),
  };
}

function wasteNode({ index, wasted }: LayerSize, { largest }: ImageSize["gone"], least: number): TreemapNode {
  const own = largest.filter(({ layer }) => layer === index);
  const shown = own.map(
    ({ path, bytes, by, how, note }): TreemapNode => ({
      label: placeOf(path).label,
      bytes,
      kind: "waste",
      note: `${note ?? HOW[how]}${by === index ? "" : `, by layer ${by}`}, /${path}`,
    }),
  );
  return {
    label: "replaced or deleted later",
    bytes: wasted,
    kind: "waste",
    note: "The layer holds these files, and no container sees them.",
    children: withRest(merged(shown, least), { bytes: wasted, count: 0 }),
  };
}

/** What is too small together; a single small thing stays what it is. */
function merged(nodes: readonly TreemapNode[], least: number): readonly TreemapNode[] {
  const small = nodes.filter(({ bytes }) => bytes < least);
  if (small.length < 2) return nodes;
  const rest: TreemapNode = { label: `${small.length} smaller ones`, bytes: sumOf(small), kind: "rest" };
  return [...nodes.filter(({ bytes }) => bytes >= least), rest];
}

/** Children that come to the whole: what is not listed is one more. */
function withRest(
  nodes: readonly TreemapNode[],
  { bytes, count }: { readonly bytes: number; readonly count: number },
): readonly TreemapNode[] {
  const left = bytes - sumOf(nodes);
  if (left <= 0) return nodes;
  return [
    ...nodes,
    { label: count > 0 ? `${count} more files` : "smaller files", bytes: left, kind: "rest" },
  ];
}

/** A tile has room for a name; where the file lies is told of it. */
function placeOf(path: string): Pick<TreemapNode, "label" | "note"> {
  return { label: path.slice(path.lastIndexOf("/") + 1), note: `/${path}` };
}

function sumOf(nodes: readonly TreemapNode[]): number {
  return nodes.reduce((sum, { bytes }) => sum + bytes, 0);
}
