import { describe, expect, it } from "vitest";
import { AuditError } from "../../../src/core/audit/error.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import { LdCacheIndex } from "../../../src/core/audit/loader/ld-cache-index.ts";
import { lookUpCache, parseLibraryCache } from "../../../src/core/audit/loader/library-cache.ts";
import { readLibraryFolders } from "../../../src/core/audit/loader/library-conf.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate, pick, type Random } from "../../kit/seeded-random.ts";
import { linkItem } from "../../kit/tar-writer.ts";
import { layerOf } from "../layers.ts";

const RUNS = fuzzRuns(5000);
const MAX_MS = 2000;

const NAMES = ["libz.so.1", "libc.so.6", "liba.so.10", "liba.so.9", "liba.so.9", "ld.so"] as const;
const HWCAPS = ["x86-64-v2", "x86-64-v3"] as const;
const [FLAGS, NAMED] = [0x303, 0x4000_0000];

/** A cache of the new format, sorted as ldconfig sorts: with a level of the CPU in one entry, and the directory of extensions. */
function newCache(): Buffer {
  const [header, entry] = [48, 24];
  const texts = [...NAMES.flatMap((name) => [name, `/usr/lib/${name}`]), ...HWCAPS];
  const stringsAt = header + NAMES.length * entry;
  const offsets = new Map<string, number>();
  let strings = "";
  for (const text of texts) {
    if (!offsets.has(text)) offsets.set(text, stringsAt + strings.length);
    if (offsets.get(text) === stringsAt + strings.length) strings += `${text}\0`;
  }
  strings = strings.padEnd(Math.ceil((stringsAt + strings.length) / 4) * 4 - stringsAt, "\0");
  const directoryAt = stringsAt + strings.length;
  const bytes = Buffer.alloc(directoryAt + 8 + 16 + HWCAPS.length * 4);
  bytes.write("glibc-ld.so.cache1.1", 0);
  bytes.writeUInt32LE(NAMES.length, 20);
  bytes.writeUInt32LE(strings.length, 24);
  bytes.writeUInt8(2, 28);
  bytes.writeUInt32LE(directoryAt, 32);
  for (const [index, name] of NAMES.entries()) {
    const at = header + index * entry;
    bytes.writeUInt32LE(FLAGS, at);
    bytes.writeUInt32LE(offsets.get(name) ?? 0, at + 4);
    bytes.writeUInt32LE(offsets.get(`/usr/lib/${name}`) ?? 0, at + 8);
    if (index === 3) bytes.writeUInt32LE(NAMED, at + 20);
  }
  bytes.write(strings, stringsAt);
  bytes.writeUInt32LE(0xeaa42174, directoryAt);
  bytes.writeUInt32LE(1, directoryAt + 4);
  bytes.writeUInt32LE(1, directoryAt + 8);
  bytes.writeUInt32LE(directoryAt + 24, directoryAt + 16);
  bytes.writeUInt32LE(HWCAPS.length * 4, directoryAt + 20);
  for (const [index, name] of HWCAPS.entries())
    bytes.writeUInt32LE(offsets.get(name) ?? 0, directoryAt + 24 + index * 4);
  return bytes;
}

/** The old format, with or without the new one behind it. */
function oldCache(behind: Buffer): Buffer {
  const names = NAMES.slice(0, 3);
  const tables = 16 + names.length * 12;
  const head = Buffer.alloc(Math.ceil(tables / 8) * 8);
  head.write("ld.so-1.7.0", 0);
  head.writeUInt32LE(names.length, 12);
  for (const [index] of names.entries()) head.writeUInt32LE(3, 16 + index * 12);
  return Buffer.concat([head, behind]);
}

const CACHES = [newCache(), oldCache(newCache()), oldCache(Buffer.from("liba.so\0/x/liba.so\0"))] as const;

/** What the loader looks up, and how many steps it took. */
function lookedUp(bytes: Buffer, steps: number) {
  const cache = parseLibraryCache(bytes);
  let left = steps;
  const spend = (count: number): boolean => {
    left -= count;
    return left >= 0;
  };
  const query = { flags: [3, FLAGS], hwcaps: HWCAPS, takesLegacy: () => true, spend };
  const found = NAMES.map((name) => lookUpCache(cache, name, query));
  const listed = [...new LdCacheIndex({ state: "read", cache }).keys()];
  return { found, listed, spent: steps - left };
}

describe("etc/ld.so.cache", () => {
  it("is read and searched in each of its forms, as the sample that is changed below", () => {
    const all = NAMES.map((name) => `/usr/lib/${name}`);
    for (const cache of [CACHES[0], CACHES[1]]) {
      const { found, listed } = lookedUp(cache, 1000);
      expect(found).toEqual(all);
      expect(new Set(listed)).toEqual(new Set(NAMES));
    }
    expect(() => lookedUp(CACHES[2], 1000)).not.toThrow();
  });

  it("ends a search among entries of one name where that costs too much", () => {
    const count = 100_000;
    const bytes = Buffer.alloc(48 + count * 24 + 32);
    bytes.write("glibc-ld.so.cache1.1", 0);
    bytes.writeUInt32LE(count, 20);
    bytes.write("libz.so.1\0", 48 + count * 24);
    for (let index = 0; index < count; index++) {
      bytes.writeUInt32LE(48 + count * 24, 48 + index * 24 + 4);
      bytes.writeUInt32LE(48 + count * 24, 48 + index * 24 + 8);
    }
    expect(lookedUp(bytes, 1000)).toMatchObject({ found: NAMES.map(() => undefined), spent: 1001 + 1 });
  });

  it(`is read in ${RUNS} changed forms (seed ${FUZZ_SEED}), or its fault is told with its place`, () => {
    const random = createRandom(FUZZ_SEED);
    let [read, slowest] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const bytes = mutate(pick(random, CACHES), random);
      const start = performance.now();
      try {
        lookedUp(bytes, 10_000);
        read++;
      } catch (error) {
        if (
          !(error instanceof AuditError) ||
          error.code !== "LD_CACHE_INVALID" ||
          !/\(at byte \d+\)/.test(error.message)
        )
          throw new Error(`run ${run}`, { cause: error });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    if (RUNS > 10_000) console.log({ runs: RUNS, seed: FUZZ_SEED, read, slowest });
    expect(read).toBeGreaterThan(RUNS / 20);
    expect(read).toBeLessThan(RUNS);
    expect(slowest).toBeLessThan(MAX_MS);
  }, 7_200_000);
});

const PIECES = [
  "include ",
  "include\t",
  "/etc/ld.so.conf.d/*.conf",
  "/etc/ld.so.conf",
  "ld.so.conf.d/?.conf",
  "[a-z]*",
  "[!a-",
  "[]x]",
  "\\",
  "*",
  "***a*",
  "/",
  "//",
  "..",
  "/usr/lib",
  "/opt/a ",
  "=libc6",
  "hwcap 1 x",
  "#",
  "\0",
  "\n",
  "\r\n",
  "\t",
  "é",
  "\xff",
  "a".repeat(300),
  "/*".repeat(50),
] as const;

const FILES = [
  "etc/ld.so.conf",
  "etc/ld.so.conf.d/a.conf",
  "etc/ld.so.conf.d/b.conf",
  "etc/ld.so.conf.d/.c.conf",
];
const { tree } = flatten([
  layerOf([
    ...FILES.map((path) => ({ path, content: "x" })),
    ...["usr/lib/liba.so", "opt/a/b/c/d"].map((path) => ({ path, content: "x" })),
    linkItem("etc/loop", "loop"),
    linkItem("lib", "usr/lib"),
  ]),
]);

function confText(random: Random): string {
  let text = "";
  for (let left = random(30); left > 0; left--) text += pick(random, PIECES);
  return text;
}

function foldersOf(contents: ReadonlyMap<string, Buffer>) {
  const elfAt = () => undefined;
  return readLibraryFolders({ tree, elfAt, contentOf: (path) => contents.get(path) });
}

describe("etc/ld.so.conf", () => {
  it("is read with its includes, as the texts that are made below", () => {
    const contents = new Map([
      ["etc/ld.so.conf", Buffer.from("/opt/a=libc6\ninclude ld.so.conf.d/*.conf # more\n")],
      ["etc/ld.so.conf.d/a.conf", Buffer.from("/usr/lib//\n")],
    ]);
    expect(foldersOf(contents)).toEqual([
      { path: "opt/a", file: "etc/ld.so.conf", line: 1 },
      { path: "usr/lib", file: "etc/ld.so.conf.d/a.conf", line: 1 },
    ]);
  });

  it("ends also where a pattern is made to cost much", () => {
    const names = Array.from({ length: 3000 }, (_, index) => `many/${"a".repeat(240)}${index}`);
    const { tree: many } = flatten([
      layerOf([
        { path: "etc/ld.so.conf", content: "x" },
        ...names.map((path) => ({ path, content: "x", pax: { path } })),
      ]),
    ]);
    const text = Buffer.from(`include /many/${"*a".repeat(2000)}b\n`.repeat(20));
    const start = performance.now();
    expect(readLibraryFolders({ tree: many, elfAt: () => undefined, contentOf: () => text })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 60_000);

  it(`is read in ${RUNS} texts (seed ${FUZZ_SEED}), each folder with its place`, () => {
    const random = createRandom(FUZZ_SEED);
    let [folders, slowest] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const texts = new Map(FILES.map((path) => [path, confText(random)]));
      const contents = new Map([...texts].map(([path, text]) => [path, Buffer.from(text, "latin1")]));
      const start = performance.now();
      const found = foldersOf(contents);
      slowest = Math.max(slowest, performance.now() - start);
      folders += found.length;
      for (const { path, file, line } of found) {
        const lines = texts.get(tree.resolve(file)?.path ?? "")?.split("\n").length ?? 0;
        if (line < 1 || line > lines || path === "" || /^\/|\/$/.test(path))
          throw new Error(`run ${run}: ${JSON.stringify({ path, file, line, texts: [...texts] })}`);
      }
    }
    if (RUNS > 10_000) console.log({ runs: RUNS, seed: FUZZ_SEED, folders, slowest });
    expect(folders).toBeGreaterThan(RUNS / 2);
    expect(slowest).toBeLessThan(MAX_MS);
  }, 7_200_000);
});
