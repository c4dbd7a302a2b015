import { describe, expect, test } from "vitest";
import type { ElfFacts } from "../../src/core/audit/elf/elf-facts.ts";
import { flatten } from "../../src/core/audit/image/flatten.ts";
import type { LoadRoot } from "../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../src/core/audit/loader/resolve-root.ts";
import { renderLoadTrees } from "../../src/views/render/load-tree.ts";
import { layerOf } from "../audit/layers.ts";
import { library, program } from "../kit/elf-facts.ts";
import { folderItem, linkItem } from "../kit/tar-writer.ts";

const LOADER = "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2";

interface Setup {
  readonly files: Readonly<Record<string, ElfFacts>>;
  readonly root?: Partial<LoadRoot>;
  readonly folders?: readonly string[];
}

function trees(name: string, { files, root = {}, folders = [] }: Setup): readonly string[] {
  const elf = new Map(Object.entries({ [LOADER]: library({ versionsDefined: ["GLIBC_2.36"] }), ...files }));
  const { tree } = flatten([
    layerOf([
      linkItem("lib64", "usr/lib/x86_64-linux-gnu"),
      linkItem("opt/b/libz.so.1", "libz.so.1.3"),
      ...folders.map((path) => folderItem(path)),
      ...[...elf.keys()].map((path) => ({ path, content: "x" })),
    ]),
  ]);
  const image = { tree, elfAt: (path: string) => elf.get(path), contentOf: () => undefined };
  const plain = { opened: [], libraryPath: undefined, preload: [], cwd: "/", level: "baseline" } as const;
  return renderLoadTrees(
    [resolveRoot(image, { program: "usr/bin/app", ...plain, ...root }, undefined)],
    name,
  );
}

const FILES = {
  "usr/bin/app": program({ needed: ["liba.so"], rpath: "/opt/none:/opt/a" }),
  "opt/a/liba.so": library({ needed: ["libz.so.1", "libcuda.so.1"], runpath: "/opt/b" }),
  "opt/b/libz.so.1.3": library(),
};

describe("the tree of a library", () => {
  test("leads from the program to it, with all that was tried, in order, and why not that", () => {
    const libraryPath = "/opt/a:/opt/32";
    const files = { ...FILES, "opt/32/libz.so.1": library({ class: 32 }) };
    expect(trees("libz.so.1", { files, root: { libraryPath } })).toEqual([
      [
        "/usr/bin/app, by the loader of glibc:",
        "  /usr/bin/app needs liba.so: found by its RPATH: /opt/a/liba.so",
        "    /opt/a/liba.so needs libz.so.1:",
        "      RPATH of /usr/bin/app: not looked into, since who asks has a RUNPATH",
        "      LD_LIBRARY_PATH: /opt/a/libz.so.1: no such file",
        "      LD_LIBRARY_PATH: /opt/32/libz.so.1: of another class (32 or 64 bits)",
        "      found by its RUNPATH: /opt/b/libz.so.1, which is /opt/b/libz.so.1.3",
      ].join("\n"),
    ]);
  });

  test("is the same by its name, its path, and the last part of that", () => {
    const expected = trees("libz.so.1", { files: FILES });
    expect(expected).toHaveLength(1);
    for (const name of ["/opt/b/libz.so.1.3", "opt/b/libz.so.1.3", "libz.so.1.3"])
      expect(trees(name, { files: FILES })).toEqual(expected);
    expect(trees("libnone.so", { files: FILES })).toEqual([]);
  });

  test("says which is missing, which the host brings, and what ended a search", () => {
    const { "opt/b/libz.so.1.3": _, ...gone } = FILES;
    expect(trees("libz.so.1", { files: gone }).join("\n")).toMatch(
      /default folder: \/usr\/lib\/x86_64-linux-gnu\/libz\.so\.1: no such file\n[^]*\n {6}NOT FOUND$/,
    );
    expect(trees("libcuda.so.1", { files: FILES }).join("\n")).toContain(
      "not in the image: the container runtime brings it",
    );
    expect(trees("libz.so.1", { files: gone, folders: ["opt/b/libz.so.1"] }).join("\n")).toContain(
      "its RUNPATH: /opt/b/libz.so.1: a folder\n      NOT LOADED: the search ends at /opt/b/libz.so.1",
    );
  });

  test("tells versions that it lacks, and what a failed open took back", () => {
    const wants = { versionsNeeded: [{ file: "libz.so.1", versions: [{ name: "Z_2", weak: false }] }] };
    const files = {
      ...FILES,
      "usr/bin/app": program(),
      "opt/ext.so": library({ needed: ["liba.so", "libz.so.1"], rpath: "/opt/a", ...wants }),
      "opt/b/libz.so.1.3": library({ versionsDefined: ["Z_1"] }),
    };
    const [tree = ""] = trees("libz.so.1", { files, root: { opened: [{ path: "opt/ext.so" }] } });
    expect(tree).toContain("by the loader of glibc, 1 extensions and libraries opened:");
    expect(tree).toContain("  /usr/bin/app opens /opt/ext.so: found by its path: /opt/ext.so\n");
    expect(tree).toContain("which is /opt/b/libz.so.1.3; taken back, since what opened it failed");
    expect(tree).toContain("/opt/ext.so wants its version Z_2: ");
  });

  test("names who gets what is loaded already, once", () => {
    const more = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`opt/a/lib${index}.so`, library({ needed: ["libz.so.1"] })]),
    );
    const needed = ["liba.so", ...Object.keys(more).map((path) => path.slice(6))];
    const files = { ...FILES, ...more, "usr/bin/app": program({ needed, rpath: "/opt/a:/opt/b" }) };
    const [tree = ""] = trees("libz.so.1", { files });
    expect(tree.split("\n").at(-1)).toMatch(/^ {2}loaded already when these need it: \/opt.* and 2 more$/);
  });

  test("says that a search was cut off", () => {
    const needed = Array.from({ length: 600 }, (_, index) => `lib${index}.so`);
    const runpath = Array.from({ length: 1000 }, (_, index) => `/d${index}`).join(":");
    const [tree = ""] = trees("lib0.so", { files: { "usr/bin/app": program({ needed, runpath }) } });
    expect(tree.split("\n")[1]).toBe("  cut off: it loads more, or searches longer, than is followed");
  });
});
