import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layerContents } from "../../src/core/audit/size/layer-contents.ts";
import type { ImageSize } from "../../src/core/policy/size/image-size.ts";
import { folderItem, hardLinkItem, linkItem, type TarItem } from "../kit/tar-writer.ts";
import { content, sizedImage, sizeLayer } from "./sized.ts";

const file = (path: string, text: string, more: Partial<TarItem> = {}): TarItem => ({
  path,
  content: text,
  ...more,
});

/** `path: how note`, of what no container sees. */
const goneIn = (...layers: readonly (readonly TarItem[])[]): readonly string[] =>
  layerContents(layers.map(sizeLayer))
    .flat()
    .flatMap(({ path, gone }) =>
      gone === undefined
        ? []
        : [`${path}: ${gone.how} by ${gone.by}${gone.note === undefined ? "" : ` (${gone.note})`}`],
    );

describe("what became of a file", () => {
  const big = content("b", 2000);

  it("is told by what a later layer did", () => {
    expect(
      goneIn(
        [
          file("app/replaced", big),
          file("app/deleted", content("d", 1500)),
          file("app/small", "one"),
          file("app/touched", content("t", 3000)),
          file("app/owned", content("o", 3000), { mode: 0o644 }),
          file("app/moved", content("m", 3000)),
          file("app/kept", big),
        ],
        [
          file("app/replaced", content("c", 2000)),
          file("app/.wh.deleted", ""),
          file("app/small", "two"),
          file("app/touched", content("t", 3000)),
          file("app/owned", content("o", 3000), { mode: 0o600, uid: 10_001, gid: 10_001 }),
          file("app/.wh.moved", ""),
          file("srv/here", content("m", 3000)),
        ],
      ),
    ).toEqual([
      "app/replaced: replaced by 1",
      "app/deleted: deleted by 1",
      "app/small: uncompared by 1",
      "app/touched: attributes by 1 (nothing but its times)",
      "app/owned: attributes by 1 (mode 644 to 600, owner 0:0 to 10001:10001)",
      "app/moved: moved by 1 (to /srv/here)",
    ]);
  });

  it("is told of all that a folder held", () => {
    const lower = [folderItem("d"), file("d/a", big), folderItem("d/e"), file("d/e/b", big)];
    expect(goneIn(lower, [file(".wh.d", "")])).toEqual(["d/a: deleted by 1", "d/e/b: deleted by 1"]);
    expect(goneIn(lower, [file("d/.wh..wh..opq", "")])).toEqual(["d/a: deleted by 1", "d/e/b: deleted by 1"]);
    expect(goneIn(lower, [file("d", "x")])).toEqual(["d/a: replaced by 1", "d/e/b: replaced by 1"]);
  });

  it("follows links of folders, whatever stands at the written path in the end", () => {
    const lower = [folderItem("real"), file("real/x", big), linkItem("link", "real")];
    expect(goneIn(lower, [file("link/x", content("n", 2000))])).toEqual(["real/x: replaced by 1"]);
    expect(
      goneIn(
        [folderItem("lib"), file("lib/a", big)],
        [file(".wh.lib", ""), linkItem("lib", "usr"), file("usr/a", "")],
      ),
    ).toEqual(["lib/a: deleted by 1"]);
  });

  it("counts a content as there while any name leads to it", () => {
    const lower = [file("a", big), hardLinkItem("b", "a")];
    expect(goneIn(lower, [file(".wh.a", "")])).toEqual([]);
    expect(goneIn(lower, [file(".wh.a", ""), file(".wh.b", "")])).toEqual(["a: deleted by 1"]);
    expect(goneIn([...lower, hardLinkItem("a", "a")])).toEqual([]);
    expect(goneIn([file("a", big)], [hardLinkItem("b", "a")], [file(".wh.a", "")])).toEqual([]);
  });

  it("names what an archive has twice, and what can be laid nowhere", () => {
    expect(goneIn([file("a", big), file("a", "again")])).toEqual(["a: replaced by 0"]);
    expect(goneIn([file("a", big), file("a/b", big)])).toEqual(["a/b: left-out by 0"]);
  });
});

describe("a measured image", () => {
  const image = sizedImage(
    [
      [file("lib/one.so", content("x", 5000)), file("etc/conf", content("y", 2000)), file("top", "z")],
      [
        file("lib/two.py", content("p", 3000)),
        file("lib/copy.so", content("x", 5000)),
        file("etc/conf", "new"),
      ],
    ],
    { owners: ["root", "image"] },
  );

  it("says whose its bytes are", () => {
    expect(image.owners).toEqual([
      { kind: "package", name: "lib", bytes: 13_000, files: 3, layers: [0, 1] },
      { kind: "package", name: "etc", bytes: 3, files: 1, layers: [1] },
      { kind: "folder", name: "/", bytes: 1, files: 1, layers: [0] },
    ]);
    expect(image.types).toEqual([
      { type: ".so", bytes: 10_000, files: 2 },
      { type: "Python source", bytes: 3000, files: 1 },
      { type: "without ending", bytes: 4, files: 2 },
    ]);
    expect(image.layers.map(({ owner, kept, wasted, files }) => [owner, kept, wasted, files])).toEqual([
      ["root", 5001, 2000, 2],
      ["image", 8003, 0, 3],
    ]);
    expect(image.layers[1]?.parts[0]?.largest).toEqual([
      { path: "lib/copy.so", bytes: 5000 },
      { path: "lib/two.py", bytes: 3000 },
    ]);
  });

  it("says what is wasted and what is stored twice", () => {
    expect(image.gone).toEqual({
      count: 1,
      sums: [{ how: "replaced", files: 1, bytes: 2000 }],
      largest: [{ layer: 0, path: "etc/conf", bytes: 2000, by: 1, how: "replaced" }],
    });
    expect(image.duplicates).toMatchObject({
      count: 1,
      again: 5000,
      largest: [
        {
          bytes: 5000,
          count: 2,
          places: [
            { layer: 0, path: "lib/one.so" },
            { layer: 1, path: "lib/copy.so" },
          ],
        },
      ],
    });
  });

  it("counts of a sparse file what the archive holds, not its holes", () => {
    const sparse: TarItem = {
      path: "hole",
      content: content("s", 512),
      pax: { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "1000000000000" },
    };
    const size = sizedImage([[sparse]]);
    expect([size.kept, addsUp(size)]).toEqual([512, true]);
  });

  it("is larger than its blobs, and knows none of them where it is stored nowhere", () => {
    expect(image.compressed).toBe(image.unpacked / 2);
    expect(image.unpacked).toBe(image.kept + image.wasted + image.archive);
  });
});

/** All parts, in each way in which an image is cut, come to the whole. */
function addsUp({ unpacked, kept, wasted, archive, files, layers, owners, types, gone }: ImageSize): boolean {
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  const bytes = (parts: readonly { readonly bytes: number }[]): number =>
    sum(parts.map((part) => part.bytes));
  const count = (parts: readonly { readonly files: number }[]): number =>
    sum(parts.map((part) => part.files));
  return (
    unpacked === sum(layers.map((layer) => layer.unpacked)) &&
    unpacked === kept + wasted + archive &&
    layers.every(
      (layer) =>
        layer.archive >= 0 &&
        layer.unpacked === layer.kept + layer.wasted + layer.archive &&
        layer.kept === bytes(layer.parts) &&
        layer.files === count(layer.parts),
    ) &&
    kept === bytes(owners) &&
    kept === bytes(types) &&
    files === count(owners) &&
    files === count(types) &&
    wasted === bytes(gone.sums) &&
    gone.count === count(gone.sums)
  );
}

const PATHS = ["a", "b", "a/x", "a/y", "b/x", "b/x/deep"];
const path = fc.constantFrom(...PATHS);
const SIZES = [0, 1, 600, 1024, 5000];
const anyItem: fc.Arbitrary<TarItem> = fc.oneof(
  fc.record({
    path,
    content: fc.tuple(fc.constantFrom("k", "l"), fc.constantFrom(...SIZES)).map(([c, n]) => c.repeat(n)),
  }),
  path.map((each) => folderItem(each)),
  fc.tuple(path, path).map(([from, to]) => hardLinkItem(from, to)),
  path.map((each): TarItem => ({ path: each.replace(/([^/]+)$/, ".wh.$1") })),
  fc.constantFrom("", "a/", "b/").map((folder): TarItem => ({ path: `${folder}.wh..wh..opq` })),
);
const anyLayers = fc.array(fc.array(anyItem, { maxLength: 8 }), { minLength: 1, maxLength: 4 });

/** Bytes that a container would see, by a model of its own: names that lead to numbered contents. */
function seenBytes(layers: readonly (readonly TarItem[])[]): number {
  const names = new Map<string, number | "folder">();
  const sizes: number[] = [];
  const under = (folder: string): readonly string[] =>
    [...names.keys()].filter((name) => folder === "" || name.startsWith(`${folder}/`));
  const remove = (name: string): void => {
    for (const each of [name, ...under(name)]) names.delete(each);
  };
  const parentsOf = (name: string): readonly string[] =>
    name
      .split("/")
      .slice(0, -1)
      .map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  for (const items of layers) {
    for (const { path: name } of items) {
      const [, folder = "", hidden = ""] = /^(.*\/)?\.wh\.(.*)$/.exec(name) ?? [];
      if (hidden === ".wh..opq") for (const each of under(folder.replace(/\/$/, ""))) names.delete(each);
      else if (hidden !== "") remove(folder + hidden);
    }
    for (const { path: name, flag = "0", target = "", content: text = "" } of items) {
      if (name.includes(".wh.")) continue;
      // An archive that puts something below a file loses it.
      if (parentsOf(name).some((parent) => typeof names.get(parent) === "number")) continue;
      const linked = flag === "1" ? names.get(target) : undefined;
      // Folders on the way are made before the link is looked for.
      for (const parent of parentsOf(name)) names.set(parent, "folder");
      if (flag === "1") {
        if (typeof linked !== "number") continue;
        remove(name);
        names.set(name, linked);
      } else if (flag === "5") {
        if (names.get(name) !== "folder") remove(name);
        names.set(name, "folder");
      } else {
        remove(name);
        names.set(name, sizes.push(text.length) - 1);
      }
    }
  }
  const seen = new Set([...names.values()].filter((each) => typeof each === "number"));
  return [...seen].reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
}

describe("any image", () => {
  it("adds up, and what is kept is what a container would see", () => {
    fc.assert(
      fc.property(anyLayers, (layers) => {
        const size = sizedImage(layers);
        expect(addsUp(size)).toBe(true);
        expect(size.kept).toBe(seenBytes(layers));
      }),
      { numRuns: 500 },
    );
  });
});
