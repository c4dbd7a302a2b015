import { describe, expect, test } from "vitest";
import type { ElfFacts } from "../../../src/core/audit/elf/elf-facts.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import type { LoaderImage, LoadTrace } from "../../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../../src/core/audit/loader/resolve-root.ts";
import { library, program } from "../../kit/elf-facts.ts";
import { folderItem, linkItem, type TarItem } from "../../kit/tar-writer.ts";
import { layerOf } from "../layers.ts";

const [GLIBC, MUSL] = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"];
/** Of a machine with other work to do; alone it takes none of these a third of it. */
const MAX_SECONDS = 20;

interface Hostile {
  readonly files: Readonly<Record<string, ElfFacts>>;
  readonly items?: readonly TarItem[];
}

function imageOf({ files, items = [] }: Hostile, loader: string): LoaderImage {
  const elf = new Map(Object.entries({ ...files, [loader.slice(1)]: library() }));
  const { tree } = flatten([
    layerOf([...items, ...[...elf.keys()].map((path) => ({ path, content: "x", pax: { path } }))]),
  ]);
  return { tree, elfAt: (path) => elf.get(path), contentOf: () => undefined };
}

function trace(image: LoaderImage): LoadTrace {
  const root = { opened: [], libraryPath: undefined, preload: [], cwd: "/", level: "baseline" } as const;
  return resolveRoot(image, { ...root, program: "usr/bin/app" }, undefined);
}

const longLink = (path: string, target: string): TarItem => ({
  ...linkItem(path, "long"),
  pax: { linkpath: target },
});
const numbered = (count: number, name: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => name(index));
const FOLDERS = numbered(1000, (index) => `d${index}`);
const NAMES = numbered(20_000, (index) => `lib${index}.so`);
/** The longest path that a file may have, in folders. */
const DEEP = `${"d".repeat(250)}/`.repeat(15);

const CASES: Readonly<Record<string, Hostile>> = {
  "twenty thousand names in a thousand folders": {
    files: {
      "usr/bin/app": program({ needed: NAMES, runpath: FOLDERS.map((each) => `/${each}`).join(":") }),
    },
    items: FOLDERS.map((each) => folderItem(each)),
  },
  "folders with a sub-folder for each kind of CPU": {
    files: {
      "usr/bin/app": program({ needed: NAMES, runpath: FOLDERS.map((each) => `/${each}`).join(":") }),
    },
    items: FOLDERS.flatMap((each) =>
      ["tls/x86_64/x86_64", "tls/haswell", "x86_64", "glibc-hwcaps/x86-64-v3"].map((sub) =>
        folderItem(`${each}/${sub}`),
      ),
    ),
  },
  "long paths by $ORIGIN, in thousands of libraries": {
    files: {
      "usr/bin/app": program({ needed: NAMES.slice(0, 4000), rpath: `/${DEEP}` }),
      ...Object.fromEntries(
        NAMES.slice(0, 4000).map((name) => [
          `${DEEP}${name}`,
          library({ needed: ["none.so"], runpath: FOLDERS.map((each) => `$ORIGIN/${each}`).join(":") }),
        ]),
      ),
    },
  },
  "a chain of libraries, each with an RPATH for all below it": {
    files: {
      "usr/bin/app": program({ needed: ["lib0.so"], rpath: "/opt" }),
      ...Object.fromEntries(
        numbered(4000, (index) => `opt/lib${index}.so`).map((path, index) => [
          path,
          library({ needed: ["none.so", `lib${index + 1}.so`], rpath: `/no${index}:/opt` }),
        ]),
      ),
    },
  },
  "links that lead through links": {
    files: {
      "usr/bin/app": program({ needed: NAMES, runpath: FOLDERS.map((each) => `/${each}`).join(":") }),
    },
    items: [
      linkItem("l0", "d"),
      ...numbered(39, (index) => index.toString()).map((_, index) =>
        longLink(`l${index + 1}`, `${"x/../".repeat(800)}l${index}`),
      ),
      folderItem("x"),
      ...FOLDERS.map((each) => linkItem(each, "l39")),
      folderItem("d"),
      ...NAMES.slice(0, 500).map((name) => linkItem(`d/${name}`, "../l39/none")),
    ],
  },
  "links that lead nowhere, through folders and back": {
    files: {
      "usr/bin/app": program({ needed: NAMES, runpath: FOLDERS.map((each) => `/${each}`).join(":") }),
    },
    items: [
      folderItem("x"),
      folderItem("d"),
      ...FOLDERS.map((each) => linkItem(each, "d")),
      ...NAMES.slice(0, 600).map((name) => longLink(`d/${name}`, `${"../x/".repeat(800)}none`)),
    ],
  },
  "auxiliary objects by the thousand": {
    files: {
      "usr/bin/app": program({ needed: NAMES.slice(0, 4000), rpath: "/opt" }),
      ...Object.fromEntries(
        NAMES.slice(0, 4000).map((name) => [
          `opt/${name}`,
          library({ auxiliary: NAMES.slice(0, 4000), rpath: "/opt" }),
        ]),
      ),
    },
  },
  "versions by the thousand": {
    files: {
      "usr/bin/app": program({ needed: NAMES.slice(0, 1000), rpath: "/opt" }),
      ...Object.fromEntries(
        NAMES.slice(0, 1000).map((name) => [
          `opt/${name}`,
          library({
            needed: ["lib0.so"],
            rpath: "/opt",
            versionsNeeded: [
              {
                file: "lib0.so",
                versions: numbered(9000, (index) => `W${index}`).map((each) => ({ name: each, weak: false })),
              },
            ],
            versionsDefined: numbered(9000, (index) => `V${index}`),
          }),
        ]),
      ),
    },
  },
};

describe.each([
  ["glibc", GLIBC],
  ["musl", MUSL],
] as const)("a hostile image, for the loader of %s", (kind, loader) => {
  test.each(Object.keys(CASES))(
    "ends: %s",
    (name) => {
      const hostile = CASES[name];
      if (hostile === undefined) throw new Error("no case");
      const files = {
        ...hostile.files,
        "usr/bin/app": { ...hostile.files["usr/bin/app"], interpreter: loader },
      };
      const image = imageOf({ ...hostile, files: files as Hostile["files"] }, loader);
      const start = performance.now();
      const found = trace(image);
      expect((performance.now() - start) / 1000).toBeLessThan(MAX_SECONDS);
      expect(found.loader).toBe(kind);
      // musl knows neither auxiliary objects nor versions: nothing of those is too much for it.
      expect(found.isCut).toBe(kind === "glibc" || !/^(?:auxiliary|versions)/.test(name));
    },
    120_000,
  );
});
