import { expect, it } from "vitest";
import { TAG } from "../../src/core/audit/elf/dynamic-section.ts";
import type { ByteRange } from "../../src/core/audit/elf/held-bytes.ts";
import { ElfStream, type StreamedElf } from "../../src/core/audit/elf/stream-elf.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate, type Random } from "../kit/seeded-random.ts";
import { placeOfTables, type WrittenElf, writeElf } from "../kit/write-elf.ts";

const RUNS = fuzzRuns(5000);
/** Of one file, some thousand bytes long. */
const [MAX_MS, MAX_GROWTH] = [2000, 200 * 1024 * 1024];

const TEXTS = ["liba.so.1", "libb.so", "libself.so", "$ORIGIN/../lib", "V_1", "V_2", "PyInit_core", "dlopen"];
const STRINGS = `\0${TEXTS.join("\0")}\0`;
const at = (text: string): number => STRINGS.indexOf(`\0${text}\0`) + 1;

/** Every table that is read: symbols, both hash tables, versions, code for GPUs, names of libraries. */
function sample(): Buffer {
  const symbols = Buffer.alloc(3 * 24);
  symbols.writeUInt32LE(at("dlopen"), 24);
  symbols.writeUInt32LE(at("PyInit_core"), 48);
  symbols.writeUInt16LE(7, 54);
  const hash = words(1, 3, 0, 0, 0, 0);
  const gnuHash = words(1, 1, 1, 6, 0, 0, 1, 2, 3);
  const needs = Buffer.concat([
    halves(1, 1),
    words(at("liba.so.1"), 16, 0),
    words(7),
    halves(0, 2),
    words(at("V_1"), 0),
  ]);
  const defines = Buffer.concat([halves(1, 0, 2, 1), words(9, 20, 0, at("V_2"), 0)]);
  const gpu = Buffer.concat([
    words(0xba55ed50),
    halves(1, 16),
    words(96, 0),
    fatEntry(2, 86),
    fatEntry(1, 90),
  ]);
  const names = Buffer.from("\0libplugin.so.3\0libcuda.so.1\0");
  const parts = [symbols, hash, gnuHash, needs, defines, gpu, names];
  const places: number[] = [];
  const elf = (start: number): WrittenElf => {
    let place = start;
    for (const [index, part] of parts.entries()) {
      places[index] = place;
      place += part.length;
    }
    const [symbolsAt = 0, hashAt = 0, gnuHashAt = 0, needsAt = 0, definesAt = 0] = places;
    const named = [
      [TAG.needed, at("liba.so.1")],
      [TAG.needed, at("libb.so")],
      [TAG.soname, at("libself.so")],
      [TAG.runpath, at("$ORIGIN/../lib")],
    ] as const;
    const tables = [
      [TAG.symbols, symbolsAt],
      [TAG.hash, hashAt],
      [TAG.gnuHash, gnuHashAt],
      [TAG.versionsNeeded, needsAt],
      [TAG.versionsNeededCount, 1],
      [TAG.versionsDefined, definesAt],
      [TAG.versionsDefinedCount, 1],
    ] as const;
    return { strings: STRINGS, dynamic: [...named, ...tables], tables: Buffer.concat(parts) };
  };
  return writeElf(elf(placeOfTables(elf(0))));
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function halves(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

function fatEntry(kind: number, architecture: number): Buffer {
  return Buffer.concat([halves(kind, 0), words(32, 16, 0, 0, 0, 0, architecture), Buffer.alloc(16, 0xaa)]);
}

/** In pieces of any length, with hardly any of it held, until it is read or three readings are over. */
function streamed(bytes: Buffer, random: Random): StreamedElf {
  const limits =
    random(3) === 0 ? { front: 64 + random(512), wanted: 1 << 16 } : { front: 1 << 20, wanted: 1 << 20 };
  const piece = 1 + random(bytes.length + 64);
  let ranges: readonly ByteRange[] = [];
  for (let pass = 0; ; pass++) {
    const stream = new ElfStream(bytes.length, ranges, limits);
    for (let from = 0; from < bytes.length; from += piece) stream.data(bytes.subarray(from, from + piece));
    const end = stream.end();
    if (end.state !== "again" || pass === 2) return end;
    ({ ranges } = end);
  }
}

it("reads all tables of the sample that the changes are made to", () => {
  const read = streamed(sample(), () => 1);
  expect(read).toMatchObject({
    state: "read",
    elf: {
      needed: ["liba.so.1", "libb.so"],
      soname: "libself.so",
      runpath: "$ORIGIN/../lib",
      versionsNeeded: [{ file: "liba.so.1", versions: [{ name: "V_1", weak: false }] }],
      versionsDefined: ["V_2"],
      pythonModules: ["core"],
      dlopen: { imported: true, names: ["libcuda.so.1", "libplugin.so.3"] },
      gpu: { code: [{ architecture: "compute_90" }, { architecture: "sm_86" }] },
    },
  });
});

it(`reads ${RUNS} changed ELF files (seed ${FUZZ_SEED}), or says where they are wrong`, () => {
  const random = createRandom(FUZZ_SEED);
  const base = sample();
  const states = { read: 0, invalid: 0, again: 0 };
  let [slowest, settled] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const bytes = mutate(base, random);
    const start = performance.now();
    const read = streamed(bytes, random);
    slowest = Math.max(slowest, performance.now() - start);
    states[read.state]++;
    if (read.state === "invalid" && !/\(at byte \d+\)/.test(read.why)) throw new Error(read.why);
    if (read.state === "read") {
      const gpu = (read.elf.gpu?.code ?? []).reduce((sum, each) => sum + each.bytes, 0);
      if (gpu > bytes.length || read.elf.gpu?.code.some((each) => each.bytes < 0))
        throw new Error(`run ${run}: ${gpu} bytes for GPUs in a file of ${bytes.length}`);
    }
    if (run === Math.floor(RUNS / 2)) settled = process.memoryUsage().rss;
  }
  const grown = process.memoryUsage().rss - settled;
  if (RUNS > 10_000) console.log({ runs: RUNS, seed: FUZZ_SEED, ...states, slowest, grownMiB: grown >> 20 });
  expect(states.read).toBeGreaterThan(RUNS / 20);
  expect(states.invalid).toBeGreaterThan(RUNS / 20);
  expect(slowest).toBeLessThan(MAX_MS);
  expect(grown).toBeLessThan(MAX_GROWTH);
}, 7_200_000);
