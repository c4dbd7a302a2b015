import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import type { ContentQuestion } from "../../src/core/audit/image/layer-facts.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { createArchiveImage } from "../../src/edge/registry/images/archive-image.ts";
import { createFolderImage } from "../../src/edge/registry/images/folder-image.ts";
import type { ImageAsk, ImageSource } from "../../src/edge/registry/images/port.ts";
import { createRegistryImage } from "../../src/edge/registry/images/registry-image.ts";
import { createLayoutImage } from "../../src/edge/registry/images/stored-image.ts";
import { createStreamedImage } from "../../src/edge/registry/images/streamed-image.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { createMemoryRegistry } from "../../src/edge/registry/memory.ts";
import { KEEP_ALL } from "../audit/layers.ts";
import { imageParts, layoutItems, oldArchiveItems } from "../kit/image-forms.ts";
import { folderItem, hardLinkItem, linkItem, type TarItem, tarOf } from "../kit/tar-writer.ts";

const PLATFORM = { os: "linux", architecture: "amd64" };
const PROGRAM = readFileSync("/bin/true");

/** Whiteouts, links of both kinds, a program, a script, a file that a later layer replaces, and a layer that occurs twice. */
const SAME: readonly TarItem[] = [folderItem("opt"), { path: "opt/same", content: "same" }];
const LAYERS: readonly (readonly TarItem[])[] = [
  [
    folderItem("bin", { mode: 0o755 }),
    { path: "bin/true", content: PROGRAM, mode: 0o4755 },
    hardLinkItem("bin/also", "bin/true"),
    { path: "bin/run", content: "#!/bin/sh -e\nexit\n", mode: 0o755 },
    folderItem("etc"),
    { path: "etc/passwd", content: "root:x:0:0::/:\n" },
    { path: "etc/gone", content: "gone" },
    { path: "etc/old", content: "old" },
  ],
  SAME,
  [
    linkItem("usr", "opt"),
    { path: "etc/.wh.gone" },
    { path: "etc/old", content: "newer", uid: 7, gid: 8 },
    linkItem("opt/away", "/../../outside"),
    linkItem("opt/loop", "loop"),
  ],
  SAME,
];
const PARTS = imageParts(LAYERS, { config: { Cmd: ["/bin/run"] } });
const NAMED = "registry.example/demo/app:1";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "images-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ask(
  questions: readonly ContentQuestion[] = [LINKS_QUESTION, KEEP_ALL],
  more: Partial<ImageAsk> = {},
): ImageAsk {
  return { platform: PLATFORM, reader: createLayerReader(createMemoryLayerCache()), questions, ...more };
}

function archive(items: readonly TarItem[], pack = (tar: Buffer): Buffer => tar): ImageSource {
  const file = join(folder, `${digestOf(JSON.stringify(items)).slice(7, 17)}-${pack.name}.tar`);
  writeFileSync(file, pack(tarOf(items)));
  return createArchiveImage({ name: "archive", file, image: undefined });
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function streamed(items: readonly TarItem[], size = 1000): ImageSource {
  const tar = tarOf(items);
  return createStreamedImage({ name: "stream", open: () => inPieces(tar, size) });
}

function layoutFolder(items: readonly TarItem[]): ImageSource {
  for (const { path, content = "" } of items) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return createLayoutImage({ name: "layout", folder, image: undefined });
}

async function registryImage(): Promise<ImageSource> {
  const registry = createMemoryRegistry();
  const at = { host: "registry.example", repository: "demo/app" };
  for (const bytes of [...PARTS.layers.map(({ stored }) => stored), PARTS.config])
    await registry.putBlob(at, {
      digest: digestOf(bytes),
      size: bytes.length,
      open: () => inPieces(bytes, 64),
    });
  await registry.putManifest(
    { ...at, tag: "1" },
    PARTS.manifest,
    JSON.parse(String(PARTS.manifest)).mediaType,
  );
  return createRegistryImage(registry, { ...at, tag: "1" });
}

/** The tree as text, with what was learnt of each file. */
async function listed(
  source: ImageSource,
  questions?: readonly ContentQuestion[],
): Promise<readonly string[]> {
  const { layers } = await source.read(ask(questions));
  const { tree, skipped } = flatten(layers);
  expect([...skipped, ...layers.flatMap((layer) => layer.skipped)]).toEqual([]);
  const notes = new Map(
    layers.flatMap((layer) => layer.notes.map((note) => [note.path, note.kind] as const)),
  );
  return [...tree.walk()].map(([path, { type, mode, uid, gid, size, target, content }]) =>
    [
      path,
      type,
      mode.toString(8),
      `${uid}:${gid}`,
      type === "file" ? size : 0,
      target ?? "-",
      content === undefined ? "-" : digestOf(content).slice(7, 15),
      notes.get(path) ?? "-",
    ].join(" "),
  );
}

describe("an image", () => {
  const EXPECTED = [
    "bin directory 755 0:0 0 - - -",
    `bin/also file 4755 0:0 ${PROGRAM.length} - ${digestOf(PROGRAM).slice(7, 15)} -`,
    `bin/true file 4755 0:0 ${PROGRAM.length} - ${digestOf(PROGRAM).slice(7, 15)} elf`,
    "opt/away symlink 777 0:0 0 /../../outside - -",
    "usr symlink 777 0:0 0 opt - -",
  ];

  it.each<[string, () => ImageSource | Promise<ImageSource>]>([
    ["a registry", registryImage],
    ["a layout folder", () => layoutFolder(layoutItems([{ parts: PARTS }]))],
    ["a layout in a tar", () => archive(layoutItems([{ parts: PARTS }]))],
    ["a layout in a tar that is compressed", () => archive(layoutItems([{ parts: PARTS }]), gzipSync)],
    ["an archive of an older engine", () => archive(oldArchiveItems(PARTS))],
    ["one that is compressed", () => archive(oldArchiveItems(PARTS), gzipSync)],
    ["a stream", () => streamed(layoutItems([{ parts: PARTS }]))],
    ["a stream in small pieces", () => streamed(oldArchiveItems(PARTS), 7)],
    ["a stream whose index comes first", () => streamed(layoutItems([{ parts: PARTS }]).reverse())],
  ])("is the same from %s", async (_name, source) => {
    const lines = await listed(await source());
    expect(lines).toEqual(expect.arrayContaining(EXPECTED));
    expect(lines).toEqual(await listed(await registryImage()));
    const { config, digest, layers } = await (await source()).read(ask());
    expect(config?.config.Cmd).toEqual(["/bin/run"]);
    expect(layers.map(({ diffId }) => diffId)).toEqual(PARTS.layers.map(({ tar }) => digestOf(tar)));
    const isOld = String(source).includes("oldArchive");
    expect(digest).toBe(isOld ? undefined : digestOf(PARTS.manifest));
  });

  it("is the same from a folder, of which links are not followed", async () => {
    const root = join(folder, "root");
    mkdirSync(root);
    const tar = join(folder, "flat.tar");
    for (const layer of LAYERS.map((items) => items.filter(({ path }) => !path.includes(".wh.")))) {
      writeFileSync(tar, tarOf(layer));
      execFileSync("tar", ["-xpf", tar, "--numeric-owner", "-C", root]);
    }
    rmSync(join(root, "etc/gone"));
    // The entries of parents that no layer has are GNU tar's own.
    const [mine, theirs] = [
      await listed(createFolderImage(root, "dir")),
      await listed(await registryImage()),
    ];
    const noted = (line: string): string => line.replace(/^(bin\/(?:also|true) .*) (?:elf|-)$/, "$1");
    expect(mine.map(noted)).toEqual(theirs.map(noted));
    symlinkSync(root, join(folder, "link"));
    expect(await listed(createFolderImage(join(folder, "link"), "dir"))).toEqual(mine);
    linkSync(join(root, "etc/passwd"), join(root, "etc/again"));
    expect(
      (await listed(createFolderImage(root, "dir"))).some((line) => line.startsWith("etc/again file")),
    ).toBe(true);
  });

  it("of a folder has its libraries read once more where a first pass missed something", async () => {
    const passes: unknown[] = [];
    const question: ContentQuestion = {
      id: "again",
      keepLimit: 0,
      reads(path, _size, ranges) {
        passes.push([path, ranges]);
        return {
          data: () => {},
          end: () => (ranges === undefined && path === "b" ? { again: [{ start: 1, end: 2 }] } : []),
        };
      },
    };
    for (const name of ["a", "b"]) writeFileSync(join(folder, name), name);
    await createFolderImage(folder, "dir").read(ask([question]));
    expect(passes).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["b", [{ start: 1, end: 2 }]],
    ]);
    passes.length = 0;
    const parts = imageParts([[{ path: "a", content: "a" }], [{ path: "b", content: "b" }]]);
    await streamed(layoutItems([{ parts }])).read(ask([question]));
    expect(passes).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["b", [{ start: 1, end: 2 }]],
    ]);
  });

  it("of a stream is not unpacked again where all its layers are known", async () => {
    const reader = createLayerReader(createMemoryLayerCache());
    const tar = tarOf(layoutItems([{ parts: PARTS }]));
    let asked = 0;
    const question: ContentQuestion = { ...KEEP_ALL, reads: () => (asked++, "keep") };
    const source = createStreamedImage({
      name: "engine",
      open: () => inPieces(tar, 512),
      diffIds: async () => PARTS.layers.map((layer) => digestOf(layer.tar)),
    });
    const first = await source.read(ask([question], { reader }));
    const before = asked;
    expect(before).toBeGreaterThan(0);
    expect(await source.read(ask([question], { reader }))).toEqual(first);
    expect(asked).toBe(before);
  });

  it("tells its size and how far it is read", async () => {
    const sizes = PARTS.layers.reduce((sum, { stored }) => sum + stored.length, 0);
    let [size, bytes] = [0, 0];
    const reader = createLayerReader(createMemoryLayerCache());
    const more = {
      reader,
      onSize: (all: number) => (size = all),
      onBytes: (some: number) => (bytes += some),
    };
    await (await registryImage()).read(ask([KEEP_ALL], more));
    expect([size, bytes]).toEqual([sizes, sizes]);
    bytes = 0;
    await (await registryImage()).read(ask([KEEP_ALL], more));
    expect(bytes).toBe(sizes);
  });

  it.each<[string, () => ImageSource]>([
    ["an archive", () => archive(layoutItems([{ parts: PARTS }]))],
    ["a compressed archive", () => archive(oldArchiveItems(PARTS), gzipSync)],
    ["a stream", () => streamed(oldArchiveItems(PARTS))],
    ["a folder", () => (writeFileSync(join(folder, "x"), "x"), createFolderImage(folder, "dir"))],
  ])("from %s is not read on after Ctrl-C", async (_name, source) => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(source().read(ask(undefined, { signal }))).rejects.toThrow("stopped");
  });
});

describe("one of several images", () => {
  const other = imageParts([[{ path: "other", content: "other" }]]);
  const both = layoutItems([
    { parts: PARTS, name: NAMED },
    { parts: other, name: "docker.io/library/other:2" },
  ]);
  const chosen = async (image: string | undefined, items = both): Promise<string> => {
    const file = join(folder, "several.tar");
    writeFileSync(file, tarOf(items));
    const { layers } = await createArchiveImage({ name: "several.tar", file, image }).read(ask());
    return layers[0]?.entries[0]?.path ?? "";
  };

  it("is chosen by its name, written long or short, or by its digest", async () => {
    expect(await chosen(NAMED)).toBe("bin");
    expect(await chosen("other:2")).toBe("other");
    expect(await chosen(digestOf(other.manifest))).toBe("other");
    const [first, second] = [oldArchiveItems(PARTS, [NAMED]), oldArchiveItems(other, ["other:2"])];
    const lists = [first, second].map((items) => items.find(({ path }) => path === "manifest.json")?.content);
    const merged = JSON.stringify(lists.flatMap((text) => JSON.parse(String(text)) as unknown[]));
    const old = [...first, ...second].filter(
      ({ path }) => path !== "manifest.json" && path !== "repositories",
    );
    const items = [...old, { path: "manifest.json", content: merged }];
    expect(await chosen("docker.io/library/other:2", items)).toBe("other");
    expect(await chosen(digestOf(other.config), items)).toBe("other");
    await expect(chosen(undefined, items)).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  });

  it("has to be named, and the error says what there is", async () => {
    await expect(chosen(undefined)).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
      hint: expect.stringContaining("@NAME"),
    });
    await expect(chosen(undefined)).rejects.toThrow(NAMED);
    await expect(chosen("third:3")).rejects.toThrow(/no image third:3.*other:2/);
    await expect(chosen(digestOf("none"))).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  });

  it("is the one of the platform", async () => {
    const index = {
      schemaVersion: 2,
      manifests: [PARTS, other].map(({ manifest }, at) => ({
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: digestOf(manifest),
        size: manifest.length,
        platform: { os: "linux", architecture: ["amd64", "arm64"][at] },
      })),
    };
    const items = [
      ...both.filter(({ path }) => path !== "index.json"),
      { path: "index.json", content: JSON.stringify(index) },
    ];
    expect(await chosen(undefined, items)).toBe("bin");
    const source = archive(items);
    const arm = await source.read({ ...ask(), platform: { os: "linux", architecture: "arm64" } });
    expect(arm.digest).toBe(digestOf(other.manifest));
    await expect(
      createRegistryImage(createMemoryRegistry(), { host: "h.example", repository: "a", tag: "1" }).read(
        ask(),
      ),
    ).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  });
});

describe("a store that lies", () => {
  const items = layoutItems([{ parts: PARTS }]);
  const old = oldArchiveItems(PARTS);
  const without = (path: RegExp, from: readonly TarItem[]) => from.filter((item) => !path.test(item.path));
  const blob = (bytes: Buffer) => `blobs/sha256/${digestOf(bytes).slice(7)}`;
  const swap = (path: string, content: Buffer | string, from: readonly TarItem[]) =>
    from.map((item) => (item.path === path ? { ...item, content } : item));
  const layerPath =
    old.find(({ path, flag }) => path.endsWith("layer.tar") && flag === undefined)?.path ?? "";
  const wrongLayer = PARTS.layers[1]?.stored ?? Buffer.alloc(0);
  const lying = (change: (config: { rootfs: { diff_ids: string[] } }) => void): Buffer => {
    const config = JSON.parse(String(PARTS.config)) as { rootfs: { diff_ids: string[] } };
    change(config);
    return Buffer.from(JSON.stringify(config));
  };
  const fewer = lying(({ rootfs }) => void rootfs.diff_ids.pop());
  const fewerOld = JSON.stringify([{ Config: "c.json", RepoTags: [], Layers: [layerPath] }]);

  it.each<[string, readonly TarItem[], string]>([
    [
      "of a layer (other bytes)",
      swap(blob(PARTS.layers[0]!.stored), wrongLayer, items),
      "REGISTRY_SIZE_MISMATCH|LAYER_DIFFID",
    ],
    ["of its config", swap(blob(PARTS.config), lying(() => {}) + " ", items), "REGISTRY_DIGEST_MISMATCH"],
    ["of its manifest", swap(blob(PARTS.manifest), `${PARTS.manifest} `, items), "REGISTRY_DIGEST_MISMATCH"],
    ["with a layer missing", without(new RegExp(blob(PARTS.layers[0]!.stored)), items), "MANIFEST_UNKNOWN"],
    ["with its config missing", without(new RegExp(blob(PARTS.config)), items), "MANIFEST_UNKNOWN"],
    ["with its index missing", without(/json$/, items), "MANIFEST_UNKNOWN"],
    ["with an index that is none", swap("index.json", "[1]", items), "OCI_MANIFEST"],
    ["of an old layer", swap(layerPath, PARTS.layers[2]!.tar, old), "LAYER_DIFFID"],
    ["of an old config", swap(old[0]!.path, `${PARTS.config} `, old), "REGISTRY_DIGEST_MISMATCH"],
    [
      "of how many layers it has",
      [
        ...without(/manifest.json/, old),
        { path: "c.json", content: fewer },
        { path: "manifest.json", content: fewerOld },
      ],
      "LAYER_DIFFID",
    ],
    [
      "with a manifest.json that leads out",
      swap("manifest.json", '[{"Config":"../../etc/passwd","Layers":[]}]', old),
      "ARCHIVE_INVALID",
    ],
    ["with a manifest.json that is none", swap("manifest.json", "{}", old), "OCI_MANIFEST"],
    ["with a name that stands twice", [...old, old[0]!], "ARCHIVE_INVALID"],
    ["that ends in a layer", [...old.slice(0, 2), { ...old[2]!, size: 1e9 }], "TAR_TRUNCATED"],
    [
      "with links in a circle",
      [...without(/\.json$/, old), linkItem("a", "b"), linkItem("b", "a"), linkItem("manifest.json", "a")],
      "MANIFEST_UNKNOWN",
    ],
    [
      "with a link that leads out",
      [...without(/manifest\.json/, old), linkItem("manifest.json", "../../../../etc/passwd")],
      "MANIFEST_UNKNOWN",
    ],
    [
      "with a sparse layer",
      old.map((item) => (item.path === layerPath ? { ...item, pax: { "GNU.sparse.major": "1" } } : item)),
      "MANIFEST_UNKNOWN",
    ],
    [
      "with documents without end",
      swap("manifest.json", `[${" ".repeat(5e6)}]`, old),
      "ARCHIVE_INVALID|MANIFEST_UNKNOWN|OCI_MANIFEST",
    ],
  ])("%s is not believed", async (_name, given, codes) => {
    for (const source of [archive(given), streamed(given)]) {
      const failure: unknown = await source.read(ask()).then(
        () => "read",
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(failure).toMatch(new RegExp(`^(?:${codes})$`));
    }
  });

  it("takes nothing from entries that lead out of the archive", async () => {
    const given = [{ path: "../../index.json", content: "[]" }, { path: "/../x", content: "x" }, ...items];
    expect(await listed(archive(given))).toEqual(await listed(archive(items)));
  });

  it("is no place for a bomb", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 ** 2));
    const file = join(folder, "bomb.tar.gz");
    // Zeros end an archive before they cost anything.
    writeFileSync(file, bomb);
    await expect(
      createArchiveImage({ name: "bomb", file, image: undefined }).read(ask()),
    ).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
  });

  it.each([
    ["no file", "none.tar", "MANIFEST_UNKNOWN"],
    ["a folder", ".", "MANIFEST_UNKNOWN"],
  ])("says that it is %s", async (_what, name, code) => {
    const file = join(folder, name);
    await expect(createArchiveImage({ name, file, image: undefined }).read(ask())).rejects.toMatchObject({
      code,
    });
  });

  it.each([
    ["text", Buffer.from("root:x:0:0\n".repeat(100)), "TAR_INVALID"],
    ["cut", tarOf(old).subarray(0, 900), "TAR_TRUNCATED"],
    ["cut.gz", gzipSync(tarOf(old)).subarray(0, 200), "LAYER_COMPRESSION"],
    ["other", tarOf([{ path: "a", content: "x" }]), "MANIFEST_UNKNOWN"],
    ["empty", Buffer.alloc(0), "MANIFEST_UNKNOWN"],
  ])(
    "names a file that is no archive of an image, as an error of whoever named it: %s",
    async (name, bytes, code) => {
      const file = join(folder, name);
      writeFileSync(file, bytes);
      await expect(createArchiveImage({ name, file, image: undefined }).read(ask())).rejects.toMatchObject({
        code,
        exit: 2,
        message: expect.stringContaining(`${file}: expected an archive that \`docker save\` wrote`) as string,
        hint: expect.stringContaining("docker save") as string,
      });
    },
  );

  it("names a file that is no folder of an image in the same way", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "x");
    const named = { exit: 2, message: expect.stringContaining(`${file}: expected a folder with`) as string };
    await expect(createFolderImage(file, "dir:file").read(ask())).rejects.toMatchObject(named);
    const layout = createLayoutImage({ name: "oci:file", folder: file, image: undefined });
    await expect(layout.read(ask())).rejects.toMatchObject(named);
  });

  it("says that a folder is not there, and what in it could not be read", async () => {
    await expect(createFolderImage(join(folder, "none"), "dir:none").read(ask())).rejects.toMatchObject({
      code: "MANIFEST_UNKNOWN",
    });
    await expect(
      createLayoutImage({ name: "oci:none", folder: join(folder, "none"), image: undefined }).read(ask()),
    ).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
  });

  it.each([
    ["cut", gzipSync(tarOf(old)).subarray(0, 200), "LAYER_COMPRESSION"],
    ["zstd", Buffer.from("28b52ffd00682100007a737464", "hex"), "ARCHIVE_INVALID"],
  ])("says that its compression is %s", async (name, bytes, code) => {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    await expect(createArchiveImage({ name, file, image: undefined }).read(ask())).rejects.toMatchObject({
      code,
    });
  });
});
