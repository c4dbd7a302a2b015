import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layerContents } from "../../src/core/audit/size/layer-contents.ts";
import type { Digest } from "../../src/core/base/digest.ts";
import { type FleetSize, measureFleet } from "../../src/core/policy/size/fleet-size.ts";
import { growthOf, imageGrowth } from "../../src/core/policy/size/image-growth.ts";
import { type StoredContent, storedContents } from "../../src/core/policy/size/stored-contents.ts";
import type { TarItem } from "../kit/tar-writer.ts";
import { content, ownerByFolder, type SizedOptions, sizedImage, sizeLayer } from "./sized.ts";

type Layers = readonly (readonly TarItem[])[];

const file = (path: string, text: string): TarItem => ({ path, content: text });

function measured(images: readonly (SizedOptions & { readonly layers: Layers })[]): FleetSize {
  const contents = new Map<Digest, readonly StoredContent[]>();
  for (const { layers } of images) {
    const facts = layers.map(sizeLayer);
    const held = layerContents(facts);
    for (const [index, { diffId }] of facts.entries())
      contents.set(diffId, storedContents(held[index] ?? [], ownerByFolder));
  }
  return measureFleet(
    images.map(({ layers, ...options }) => sizedImage(layers, options)),
    contents,
  );
}

const BASE = [file("lib/base.so", content("b", 4096))];
const TORCH = [file("torch/a.so", content("t", 8192)), file("numpy/core.so", content("n", 2048))];
const VISION = [file("vision/a.so", content("v", 8192)), file("numpy/core.so", content("n", 2048))];

describe("several images", () => {
  const fleet = measured([
    { name: "base", layers: [BASE], owners: ["base"] },
    { name: "torch", layers: [BASE, TORCH], owners: ["base", "torch"] },
    { name: "vision", layers: [BASE, VISION], owners: ["base", "vision"], blobs: ["zstd"] },
  ]);
  const sizes = [BASE, TORCH, VISION].map((layer) => sizeLayer(layer).bytes);
  const [base = 0, torch = 0, vision = 0] = sizes;

  it("take each layer once on a machine, and each blob once in the registry", () => {
    expect(fleet.machine).toEqual({ sum: 3 * base + torch + vision, unique: base + torch + vision });
    expect(fleet.registry).toEqual({
      sum: (3 * base + torch + vision) / 2,
      // One of them stores the base in another compression.
      unique: (2 * base + torch + vision) / 2,
    });
  });

  it("share layers, by whom and whose they are", () => {
    expect(fleet.shared).toMatchObject([
      { owner: "base", unpacked: base, images: ["base", "torch", "vision"] },
    ]);
  });

  it("store a layer twice where it is compressed in two ways", () => {
    expect(fleet.recompressed).toMatchObject([
      {
        unpacked: base,
        wasted: base / 2,
        blobs: [{ images: ["base", "torch"] }, { images: ["vision"] }],
      },
    ]);
  });

  it("store the same files in sibling layers, and it is said whose they are", () => {
    expect(fleet.again).toMatchObject([
      {
        files: 1,
        bytes: 2048,
        layers: [
          { image: "torch", index: 1 },
          { image: "vision", index: 1 },
        ],
        owners: [{ kind: "package", name: "numpy", bytes: 2048 }],
      },
    ]);
  });

  it("know nothing of a registry where one of them lies in none", () => {
    const image = sizedImage([BASE]);
    const folder = {
      ...image,
      layers: image.layers.map((layer) => ({ ...layer, blob: undefined, compressed: undefined })),
    };
    expect(measureFleet([image, folder], new Map()).registry).toBeUndefined();
    expect(measureFleet([], new Map())).toEqual({
      registry: { sum: 0, unique: 0 },
      machine: { sum: 0, unique: 0 },
      shared: [],
      recompressed: [],
      again: [],
    });
  });

  it("store again what all copies come to less one of each content", () => {
    const item = fc
      .tuple(
        fc.constantFrom("a", "b", "c/x", "c/y"),
        fc.constantFrom("k", "l", "m"),
        fc.constantFrom(1024, 2000),
      )
      .map(([path, letter, bytes]) => file(path, content(letter, bytes)));
    const layer = fc.uniqueArray(item, { maxLength: 4, selector: ({ path }) => path });
    fc.assert(
      fc.property(fc.array(fc.array(layer, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (images) => {
        const fleet = measured(images.map((layers, index) => ({ name: `image${index}`, layers })));
        const unique = new Map(images.flat().map((items) => [sizeLayer(items).diffId, items]));
        const all = [...unique.values()].flat().map(({ content: text = "" }) => String(text));
        const bytes = (texts: readonly string[]): number =>
          texts.reduce((sum, { length }) => sum + length, 0);
        const again = fleet.again.reduce((sum, each) => sum + each.bytes, 0);
        expect(again).toBe(bytes(all) - bytes([...new Set(all)]));
        const owned = fleet.again.flatMap(({ owners }) => owners).reduce((sum, each) => sum + each.bytes, 0);
        expect(owned).toBe(again);
        expect(fleet.machine.unique).toBe(
          [...unique.values()].reduce((sum, items) => sum + sizeLayer(items).bytes, 0),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe("growth", () => {
  const before = sizedImage([BASE, [file("app/a", content("a", 3000)), file("old/b", content("b", 2000))]]);
  const after = sizedImage([BASE, [file("app/a", content("a", 5000)), file("new/c", content("c", 1500))]]);

  it("says which layers and whose files moved, what moved most first", () => {
    const growth = imageGrowth("image", { before, after });
    expect(growth).toMatchObject({
      same: 1,
      added: [{ index: 1, diffId: after.layers[1]?.diffId }],
      removed: [{ index: 1, diffId: before.layers[1]?.diffId }],
    });
    expect(growth.changed.map((each) => [each.name, growthOf(each)])).toEqual([
      ["app", 2000],
      ["old", -2000],
      ["new", 1500],
    ]);
    const moved = growth.changed.reduce((sum, each) => sum + growthOf(each), 0);
    expect(moved).toBe(after.kept - before.kept);
  });

  it("of what is as it was is none, and of what is new all of it", () => {
    expect(imageGrowth("image", { before, after: before })).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      same: 2,
    });
    expect(imageGrowth("image", { before: undefined, after }).added).toHaveLength(2);
    expect(
      imageGrowth("image", { before, after: undefined }).changed.every(({ after: now }) => now === undefined),
    ).toBe(true);
  });
});
