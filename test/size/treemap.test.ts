import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlJson } from "../../src/views/render/html-page.ts";
import { fleetTree, imageTree } from "../../src/views/render/size-trees.ts";
import {
  type PackedNode,
  TREEMAP_KINDS,
  type TreemapNode,
  treemapData,
  treemapFragment,
} from "../../src/views/render/treemap.ts";
import { TREEMAP_LAYOUT } from "../../src/views/render/treemap-layout.ts";
import { HOSTILE } from "../render/audit-reports.ts";
import { sizeReport } from "./size-reports.ts";

type Rect = readonly [x: number, y: number, width: number, height: number];
// The script's own source; it returns what it says.
const squarify = runInNewContext(`${TREEMAP_LAYOUT} squarify`) as (
  sizes: readonly number[],
  ...place: Rect
) => readonly Rect[];

describe("tiles", () => {
  const sizes = fc
    .array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 1, maxLength: 60 })
    .map((all) => all.sort((one, other) => other - one));

  it("are as large as what they stand for, lie within, and cover each other nowhere", () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 20, max: 2000 }),
        fc.integer({ min: 20, max: 2000 }),
        (all, width, height) => {
          const tiles = squarify(all, 0, 0, width, height);
          const sum = all.reduce((total, size) => total + size, 0);
          expect(tiles).toHaveLength(all.length);
          for (const [index, [x, y, w, h]] of tiles.entries()) {
            expect(w * h).toBeCloseTo((all[index]! / sum) * width * height, 3);
            expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
            expect(x + w).toBeLessThanOrEqual(width + 1e-6);
            expect(y + h).toBeLessThanOrEqual(height + 1e-6);
          }
          for (const [index, one] of tiles.entries())
            for (const other of tiles.slice(index + 1)) expect(overlap(one, other)).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("are near to squares where they can be", () => {
    // The example of the paper.
    const tiles = squarify([6, 6, 4, 3, 2, 2, 1], 0, 0, 6, 4);
    expect(tiles.slice(0, 2)).toEqual([
      [0, 0, 3, 2],
      [0, 2, 3, 2],
    ]);
    const worst = Math.max(
      ...squarify(
        Array.from({ length: 100 }, () => 1),
        0,
        0,
        1000,
        700,
      ).map(([, , w, h]) => Math.max(w / h, h / w)),
    );
    expect(worst).toBeLessThan(3);
  });

  it("of nothing are none", () => {
    expect(squarify([], 0, 0, 10, 10)).toEqual([]);
  });
});

function overlap([ax, ay, aw, ah]: Rect, [bx, by, bw, bh]: Rect): number {
  const wide = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const high = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  return wide > 0 && high > 0 ? wide * high : 0;
}

describe("trees", () => {
  const whole = ({ bytes, children }: TreemapNode): boolean =>
    children === undefined ||
    children.length === 0 ||
    (children.reduce((sum, child) => sum + child.bytes, 0) === bytes && children.every(whole));

  it("of an image and of all of them add up at every level", () => {
    const view = sizeReport();
    for (const { size } of view.images) {
      const tree = imageTree(size);
      expect([tree.bytes, whole(tree)]).toEqual([size.unpacked, true]);
    }
    const tree = fleetTree(view);
    expect([tree.bytes, whole(tree)]).toEqual([view.fleet.machine.unique, true]);
    expect(tree.children?.map(({ label }) => label)).toEqual(["base", "web", "api"]);
  });

  it("lead from a layer to whose it is and to the file, and say what is wasted", () => {
    const tree = imageTree(sizeReport().images[1]!.size);
    const [base] = tree.children ?? [];
    expect(base?.children?.map(({ label, kind }) => [label, kind])).toEqual([
      ["lib", "package"],
      ["replaced or deleted later", "waste"],
      ["headers and padding", "archive"],
    ]);
    const waste = base?.children?.[1];
    expect(waste?.children?.map(({ label, note }) => [label, note])).toEqual([
      ["conf", "replaced, by layer 1, /etc/conf"],
      ["mode", "mode 644 to 600, by layer 1, /etc/mode"],
    ]);
  });

  it("are packed with each text once, and unpack to what they were", () => {
    const tree: TreemapNode = {
      label: "a",
      bytes: 3,
      note: "n",
      children: [
        { label: "a", bytes: 1, kind: "waste" },
        { label: "b", bytes: 2 },
      ],
    };
    const { texts, roots } = treemapData([tree]);
    expect(texts).toEqual(["a", "n", "b"]);
    const unpack = ([label, bytes, note, kind, ...children]: PackedNode): TreemapNode => ({
      label: texts[Number(label)]!,
      bytes: Number(bytes),
      ...(note === -1 ? {} : { note: texts[Number(note)]! }),
      ...(kind === -1 ? {} : { kind: TREEMAP_KINDS[Number(kind)]! }),
      ...(children.length === 0 ? {} : { children: children.map((child) => unpack(child as PackedNode)) }),
    });
    expect(unpack(roots[0]!)).toEqual(tree);
  });
});

describe("a fragment", () => {
  it("holds hostile names as text alone, within its own element", () => {
    const html = treemapFragment(
      { label: HOSTILE, bytes: 1, note: HOSTILE },
      { id: `map"><script>`, title: HOSTILE },
    );
    expect(html.match(/<[a-z/]+/g)).toEqual([
      "<section",
      "<noscript",
      "<p",
      "</p",
      "</noscript",
      "<script",
      "</script",
      "</section",
    ]);
    expect(html).not.toMatch(/\p{Bidi_Control}/u);
    expect(JSON.parse(htmlJson({ a: "</script>" }))).toEqual({ a: "</script>" });
  });
});
