import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/core/audit/error.ts";
import { type FlatImage, flatten } from "../../src/core/audit/image/flatten.ts";
import { LayerCollector } from "../../src/core/audit/image/layer-collector.ts";
import { folderItem, hardLinkItem, linkItem, type TarItem, tarOf } from "../kit/tar-writer.ts";
import { KEEP_ALL, layerOf } from "./layers.ts";

const image = (...layers: readonly (readonly TarItem[])[]): FlatImage =>
  flatten(layers.map((items) => layerOf(items)));
const file = (path: string, content = path): TarItem => ({ path, content });
const paths = ({ tree }: FlatImage): readonly string[] => [...tree.walk()].map(([path]) => path);
const text = ({ tree }: FlatImage, path: string): string | undefined => {
  const content = tree.resolve(path)?.file.content;
  return content && new TextDecoder().decode(content);
};

describe("layers over each other", () => {
  it("hide what a whiteout names, wherever it stands in its archive", () => {
    const lower = [folderItem("d"), file("d/a"), file("d/b"), file("e")];
    expect(paths(image(lower, [file("d/.wh.a"), file(".wh.e")]))).toEqual(["d", "d/b"]);
    // Deleted and made anew in one layer: the new one stays, in either order.
    expect(text(image(lower, [file("d/a", "new"), file("d/.wh.a")]), "d/a")).toBe("new");
    expect(text(image(lower, [file("d/.wh.a"), file("d/a", "new")]), "d/a")).toBe("new");
    // A folder goes with all that is under it.
    expect(paths(image(lower, [file(".wh.d")]))).toEqual(["e"]);
  });

  it("hide what an opaque folder held below, and none of what its own layer puts there", () => {
    const lower = [folderItem("d"), file("d/a"), folderItem("d/s"), file("d/s/x")];
    expect(paths(image(lower, [folderItem("d"), file("d/.wh..wh..opq"), file("d/n")]))).toEqual(["d", "d/n"]);
    expect(paths(image(lower, [file("d/n"), file("d/.wh..wh..opq")]))).toEqual(["d", "d/n"]);
    expect(paths(image(lower, [file(".wh..wh..opq"), file("r")]))).toEqual(["r"]);
  });

  it("ignore whiteouts of nothing, of a union's bookkeeping, and those that would take more than their own", () => {
    const lower = [folderItem("d"), file("d/a")];
    const flat = image(lower, [
      file("d/.wh.zzz"),
      file(".wh..wh.plnk"),
      file("x/.wh.y"),
      file("d/.wh."),
      file("d/.wh..."),
      file("d/.wh.."),
    ]);
    expect(paths(flat)).toEqual(["d", "d/a"]);
  });

  it("keep a folder's content when its attributes change, and replace all else", () => {
    const lower = [folderItem("d", { mode: 0o755 }), file("d/a"), file("f", "old"), linkItem("l", "d")];
    const flat = image(lower, [
      folderItem("d", { mode: 0o700, uid: 5 }),
      { ...file("f", "new"), mode: 0o600 },
    ]);
    expect(flat.tree.at("d")).toMatchObject({ type: "directory", mode: 0o700, uid: 5, layer: 1 });
    expect(text(flat, "d/a")).toBe("d/a");
    expect(flat.tree.at("f")).toMatchObject({ mode: 0o600, layer: 1 });
    expect(paths(image(lower, [file("d")]))).toEqual(["d", "f", "l"]);
    expect(image(lower, [folderItem("l"), file("l/x")]).tree.at("l")).toMatchObject({ type: "directory" });
    expect(image(lower, [folderItem("f")]).tree.at("f")).toMatchObject({ type: "directory" });
  });

  it("make folders that nobody wrote", () => {
    expect(image([file("a/b/c")]).tree.at("a/b")).toMatchObject({ type: "directory", mode: 0o755, uid: 0 });
  });

  it("give hard links the file that they lead to, also of a layer below, and later changes to one of them alone", () => {
    const lower = [{ ...file("a", "one"), mode: 0o4755 }];
    const flat = image(lower, [hardLinkItem("b", "a")], [file("a", "two")]);
    expect(flat.tree.at("b")).toMatchObject({ type: "file", mode: 0o4755, size: 3, layer: 1 });
    expect([text(flat, "a"), text(flat, "b")]).toEqual(["two", "one"]);
    expect(image([hardLinkItem("b", "gone"), folderItem("d"), hardLinkItem("c", "d")]).skipped).toEqual([
      { path: "b", why: "it is a hard link to gone, which is no file", layer: 0 },
      { path: "c", why: "it is a hard link to d, which is no file", layer: 0 },
    ]);
  });
});

describe("links", () => {
  it("are followed inside the image only", () => {
    const flat = image([
      folderItem("usr"),
      folderItem("usr/lib"),
      file("usr/lib/x", "lib"),
      linkItem("lib", "usr/lib"),
      linkItem("abs", "/usr/lib/x"),
      linkItem("up", "../../../../usr/lib/x"),
      linkItem("usr/rel", "../lib/x"),
      linkItem("dead", "nowhere"),
    ]);
    for (const path of ["lib/x", "abs", "up", "usr/rel"]) expect(text(flat, path), path).toBe("lib");
    expect(flat.tree.resolve("lib/x")?.path).toBe("usr/lib/x");
    expect(flat.tree.at("lib")).toMatchObject({ type: "symlink", target: "usr/lib" });
    expect(flat.tree.at("lib/x")).toMatchObject({ type: "file" });
    expect(flat.tree.resolve("dead")).toBeUndefined();
    expect(flat.tree.resolve("usr/lib/x/y")).toBeUndefined();
    expect(flat.tree.resolve("")?.file.type).toBe("directory");
  });

  it("in circles lead nowhere", () => {
    const flat = image([linkItem("a", "b"), linkItem("b", "a"), linkItem("self", "self/x")]);
    for (const path of ["a", "b", "self", "a/x"]) expect(flat.tree.resolve(path)).toBeUndefined();
    expect(image([linkItem("a", "b"), linkItem("b", "a"), file("a/x")]).skipped).toMatchObject([
      { path: "a/x" },
    ]);
  });

  it("on the way of a later layer's path lead into the image, never out of it", () => {
    const flat = image(
      [folderItem("real"), linkItem("to", "/real"), linkItem("out", "../../etc")],
      [file("to/x", "through"), file("out/y", "kept in")],
    );
    expect(text(flat, "real/x")).toBe("through");
    expect(text(flat, "etc/y")).toBe("kept in");
  });
});

describe("a hostile layer", () => {
  it("puts nothing outside of the image, and says what was left out", () => {
    const { entries, skipped } = layerOf([
      file("../evil"),
      file("a/../../evil"),
      file("/etc/../../evil"),
      hardLinkItem("h", "../../etc/shadow"),
      { path: "v", flag: "V", content: "label" },
      { path: "n", pax: { path: "x".repeat(300) } },
      { path: "p", pax: { path: "y/".repeat(3000) } },
      { path: "s", flag: "2", pax: { linkpath: "z".repeat(5000) } },
      file("a/./b//../c"),
    ]);
    expect(entries.map(({ path }) => path)).toEqual(["a/c"]);
    expect(skipped.map(({ why }) => why)).toEqual([
      "it leads out of the image",
      "it leads out of the image",
      "it leads out of the image",
      "its link goes to a path of which it leads out of the image",
      "it is of a type that no image has a use for",
      "a name in it is longer than 255",
      "it is longer than 4096 characters",
      "its link is longer than 4096 characters",
    ]);
  });

  it("may nest as deep as a path is long, and replace anything but the root", () => {
    const deep = "d/".repeat(2000);
    const flat = image([{ path: "x", pax: { path: `${deep}x` } }, file("", "root?")]);
    expect(paths(flat)).toHaveLength(2001);
    expect(flat.skipped).toMatchObject([{ why: "it would replace the root of the image" }]);
    expect(image([folderItem("./", { mode: 0o711 })]).tree.at("")).toMatchObject({ mode: 0o711 });
  });

  it.each([
    ["entries", { entries: 3, characters: 1000 }, 1000],
    ["names", { entries: 100, characters: 10 }, 1000],
    ["files to keep", { entries: 100, characters: 1000 }, 10],
  ])("has an end of its %s", (what, limits, keepLimit) => {
    const question = { ...KEEP_ALL, keepLimit };
    const collector = new LayerCollector([question], limits);
    const bytes = tarOf(Array.from({ length: 6 }, (_, index) => file(`file-${index}`)));
    expect(() => collector.write(bytes)).toThrow(AuditError);
    expect(() => new LayerCollector([question], limits).write(bytes)).toThrow(what);
  });

  it("cannot make a sparse file be read for its parts", () => {
    const sparse = {
      path: "s",
      content: "4\n",
      pax: { "GNU.sparse.major": "1", "GNU.sparse.realsize": "4000" },
    };
    expect(layerOf([sparse])).toMatchObject({
      notes: [{ kind: "unread", path: "s" }],
      entries: [{ path: "s", size: 4000 }],
    });
    expect(layerOf([sparse]).kept.size).toBe(0);
  });
});
