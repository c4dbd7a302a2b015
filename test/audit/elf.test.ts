import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TAG } from "../../src/core/audit/elf/dynamic-section.ts";
import type { ElfFacts } from "../../src/core/audit/elf/elf-facts.ts";
import type { ByteRange } from "../../src/core/audit/elf/held-bytes.ts";
import { ElfStream, type StreamedElf } from "../../src/core/audit/elf/stream-elf.ts";
import { FUZZ_SEED, fuzzRuns } from "../kit/seeded-random.ts";
import { placeOfTables, writeElf } from "../kit/write-elf.ts";

const RUNS = fuzzRuns(3000);
const PIECE = 100_000;

function streamed(bytes: Uint8Array): StreamedElf {
  const stream = new ElfStream(bytes.length);
  for (let at = 0; at < bytes.length; at += PIECE) stream.data(bytes.subarray(at, at + PIECE));
  return stream.end();
}

/** Programs and libraries of this machine, each real file once, small ones first: the same every time. */
function sample(count: number): readonly string[] {
  const folders = ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu"];
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const real = new Set(files.map((file) => realpathSync(file)).filter((file) => statSync(file).isFile()));
  return [...real]
    .filter((file) => readFileSync(file).subarray(0, 4).toString("latin1") === "\x7fELF")
    .sort()
    .slice(0, count);
}

/** The same by GNU readelf, which was written by others. */
function byReadelf(file: string): object {
  const { stdout } = spawnSync("readelf", ["-d", "-l", "-n", "-V", "-W", file], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const all = (pattern: RegExp): string[] => [...stdout.matchAll(pattern)].map((found) => found[1] ?? "");
  return {
    needed: all(/\(NEEDED\).*\[(.*)\]/g),
    soname: all(/\(SONAME\).*\[(.*)\]/g)[0],
    rpath: all(/\(RPATH\).*\[(.*)\]/g)[0],
    runpath: all(/\(RUNPATH\).*\[(.*)\]/g)[0],
    interpreter: all(/program interpreter: (.*)\]/g)[0],
    buildId: all(/Build ID: (\w+)/g)[0],
    kernel: all(/OS: Linux, ABI: (.*)/g)[0],
    needs: all(/^\s+0x[0-9a-f]+:\s+Name: (\S+) {2}Flags: .*Version: \d+$/gm),
    defines: [...stdout.matchAll(/Rev: 1 {2}Flags: (\S+)\s+Index: \d+ {2}Cnt: \d+ {2}Name: (\S+)/g)]
      .filter(([, flags]) => flags !== "BASE")
      .map(([, , name]) => name),
  };
}

function seen(elf: ElfFacts): object {
  return {
    needed: elf.needed,
    soname: elf.soname,
    rpath: elf.rpath,
    runpath: elf.runpath,
    interpreter: elf.interpreter,
    buildId: elf.buildId,
    kernel: elf.kernel,
    needs: elf.versionsNeeded.flatMap(({ versions }) => versions.map(({ name }) => name)),
    defines: elf.versionsDefined,
  };
}

describe("an ELF file that passes by", () => {
  const files = sample(250);

  test("says what readelf says of it, on programs and libraries of this machine", () => {
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const read = streamed(readFileSync(file));
      if (read.state !== "read") throw new Error(`${file}: ${JSON.stringify(read)}`);
      expect(seen(read.elf), file).toEqual(byReadelf(file));
    }
  }, 120_000);

  test("says the same where hardly any of it is held, in two or three readings", () => {
    const limits = { front: 4096, wanted: 1 << 24 };
    let again = 0;
    for (const path of files.slice(0, 60)) {
      const bytes = readFileSync(path);
      let ranges: readonly ByteRange[] = [];
      let read: StreamedElf | undefined;
      for (let pass = 0; pass < 3 && read?.state !== "read"; pass++) {
        const stream = new ElfStream(bytes.length, ranges, limits);
        for (let at = 0; at < bytes.length; at += 999) stream.data(bytes.subarray(at, at + 999));
        read = stream.end();
        if (read.state === "again") {
          again++;
          ({ ranges } = read);
        }
      }
      expect(read, path).toEqual(streamed(bytes));
    }
    expect(again).toBeGreaterThan(0);
  }, 60_000);

  test("is invalid where its tables name one long text again and again, before memory is gone", () => {
    const long = `${"n".repeat(60_000)}\0`;
    const named = (count: number): StreamedElf =>
      streamed(
        writeElf({ strings: long, dynamic: Array.from({ length: count }, () => [TAG.needed, 0] as const) }),
      );
    expect(named(100)).toMatchObject({ state: "read" });
    expect(named(90_000)).toMatchObject({
      state: "invalid",
      why: expect.stringContaining("its names have more"),
    });
    // As many symbols, all of them the entry of a Python module.
    const symbols = Buffer.alloc(24 * 50_000);
    for (let at = 0; at < symbols.length; at += 24) symbols.writeUInt16LE(1, at + 6);
    const hash = Buffer.alloc(8);
    hash.writeUInt32LE(50_000, 4);
    const tables = Buffer.concat([symbols, hash]);
    const strings = `PyInit_${long}`;
    const [dynamic, start] = [
      (at: number) =>
        [
          [TAG.symbols, at],
          [TAG.hash, at + symbols.length],
        ] as const,
      placeOfTables({
        strings,
        dynamic: [
          [0, 0],
          [0, 0],
        ],
      }),
    ];
    expect(streamed(writeElf({ strings, tables, dynamic: dynamic(start) }))).toMatchObject({
      state: "invalid",
      why: expect.stringContaining("its names have more"),
    });
  });

  test("whatever is changed in one, or cut off: it is read, or told to be invalid, and nothing is thrown", () => {
    const whole = readFileSync(files.find((file) => statSync(file).size < 40_000) ?? "");
    let invalid = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(4096), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        fc.option(fc.nat(whole.length)),
        (changes, cut) => {
          const bytes = Uint8Array.from(whole.subarray(0, cut ?? whole.length));
          // Most changes are in the headers and tables, where lies matter.
          for (const [at, value] of changes) if (at < bytes.length && at >= 4) bytes[at] = value;
          if (streamed(bytes).state === "invalid") invalid++;
        },
      ),
      { numRuns: RUNS, seed: FUZZ_SEED },
    );
    expect(invalid).toBeGreaterThan(RUNS / 50);
  }, 3_600_000);
});
