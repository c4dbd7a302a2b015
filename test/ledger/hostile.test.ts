import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { LapstrakeError } from "../../src/core/base/error.ts";
import { serializeEntry } from "../../src/core/record/entry.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import { buildBody, sampleLines } from "../record/sample.ts";

const options = { clock: () => 0, exclusive: <Result>(work: () => Promise<Result>) => work() };
const folder = mkdtempSync(join(tmpdir(), "lap-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "ledger.jsonl");
beforeEach(() => rmSync(`${file}.index`, { force: true }));

const MIB = 1024 * 1024;
const sound = `${sampleLines(2).join("\n")}\n`;
const third = sampleLines(3)[2]!;

/** What all readers say of a file, which must be verdicts and known errors. */
async function verdicts(bytes: string | Uint8Array) {
  writeFileSync(file, bytes);
  const ledger = openLedger(file, options);
  const known = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
      return "ok";
    } catch (thrown) {
      if (thrown instanceof LapstrakeError) return thrown.code;
      throw thrown;
    }
  };
  const chain = await ledger.verify();
  const read = await known(ledger.read());
  expect(read).toBe(chain.ok ? "ok" : "LEDGER_BROKEN");
  // The chain from its beginning is what they read, where there is no index.
  expect(await known(ledger.entriesOf("build"))).toBe(read);
  const ends = [await known(ledger.last("release")), await known(ledger.head())];
  expect(["ok", "LEDGER_BROKEN"]).toEqual(expect.arrayContaining(ends));
  return chain;
}

describe("a file of somebody else's making gets a verdict, in bounded time", () => {
  test.each<[string, () => string | Uint8Array, object]>([
    [
      "a line of 1 MB that is no JSON",
      () => `${sound}${"x".repeat(MIB)}\n`,
      { line: 3, code: "RECORD_JSON" },
    ],
    [
      "a line of 1 MB that is JSON",
      () => `${sound}{"body":"${"x".repeat(MIB)}"}\n`,
      { line: 3, code: "RECORD_VERSION" },
    ],
    [
      "an entry whose word was made 1 MB long",
      () => `${sound}${third.replace("CVE-1", "x".repeat(MIB))}\n`,
      { line: 3, code: "RECORD_HASH" },
    ],
    ["a line of 64 MB", () => `${sound}${"1".repeat(64 * MIB)}\n`, { line: 3, code: "RECORD_SHAPE" }],
    [
      "a line of 64 MB of brackets",
      () => `${sound}${"[".repeat(64 * MIB)}\n`,
      { line: 3, code: "RECORD_SHAPE" },
    ],
    [
      "a million lists, one in the other",
      () => `${sound}${"[".repeat(MIB)}${"]".repeat(MIB)}\n`,
      { line: 3, code: "RECORD_SHAPE" },
    ],
    [
      "thousands of lists, in a line that is not long",
      () => `${sound}${"[".repeat(30_000)}${"]".repeat(30_000)}\n`,
      { line: 3, code: "RECORD_SHAPE" },
    ],
    [
      "brackets in a word, which nest nothing",
      () => `${sound}{"body":"\\"${"[".repeat(MIB)}"}\n`,
      { line: 3, code: "RECORD_VERSION" },
    ],
    [
      "a million objects, one in the other, as a body",
      () => `${sound}{"body":${'{"a":'.repeat(MIB)}1${"}".repeat(MIB)}}\n`,
      { line: 3, code: "RECORD_SHAPE" },
    ],
    ["a million empty lines", () => `${sound}${"\n".repeat(MIB)}`, { line: 3, code: "RECORD_JSON" }],
    [
      "lines that end as on Windows",
      () => sound.replaceAll("\n", "\r\n"),
      { line: 1, code: "RECORD_CANONICAL" },
    ],
    ["a byte order mark", () => `\ufeff${sound}`, { line: 1, code: "RECORD_JSON" }],
    ["UTF-16", () => Buffer.from(sound, "utf16le"), { line: 1, code: "RECORD_JSON" }],
    ["zeros", () => `${sound}${"\0".repeat(4096)}\n`, { line: 3, code: "RECORD_JSON" }],
    ["zeros in the middle of a line", () => sound.replace('"image"', '"im\0ge"'), { line: 1 }],
    [
      "a line of a hundred thousand keys",
      () => `${sound}{${keys(MIB / 8)}}\n`,
      { line: 3, code: "RECORD_VERSION" },
    ],
    ["a doubled entry", () => sound + sound, { line: 3, code: "RECORD_CHAIN" }],
    [
      "a look-alike letter in a word",
      () => sound.replace("image-0", "im\u0430ge-0"),
      { line: 1, code: "RECORD_HASH" },
    ],
  ])(
    "%s",
    async (_, make, expected) => {
      const bytes = make();
      const started = performance.now();
      expect(await verdicts(bytes)).toMatchObject({ ok: false, ...expected });
      // Nine readings of it; the machine may be busy.
      expect(performance.now() - started).toBeLessThan(15_000);
    },
    40_000,
  );

  test.each<[string, () => Uint8Array | string]>([
    ["64 MB without a line's end are a torn tail", () => sound + "x".repeat(64 * MIB)],
    ["a million zeros at the end are one", () => sound + "\0".repeat(MIB)],
  ])(
    "%s, and are moved aside in one piece",
    async (_, make) => {
      const bytes = make();
      expect(await verdicts(bytes)).toMatchObject({ ok: true, entries: 2 });
      const ledger = openLedger(file, options);
      expect(await ledger.append("build", buildBody())).toMatchObject({ seq: 3 });
      const aside = ledger.torn()!;
      expect(aside.bytes).toBe(bytes.length - sound.length);
      expect(readFileSync(aside.movedTo!, "utf8")).toBe(bytes.slice(sound.length));
      rmSync(aside.movedTo!);
    },
    40_000,
  );
});

test("any bytes at all are judged, and an append goes on only from a last line that is an entry", async () => {
  const line = fc.oneof(
    fc.constantFrom(...sampleLines(3)),
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom("\ufeff", "\r", "\0", "{}", "[]", ""),
  );
  const text = fc
    .array(fc.oneof(line, fc.constant("\n")), { maxLength: 8 })
    .map((parts) => Buffer.from(parts.join("")));
  const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(bytes, async (each) => {
      const chain = await verdicts(each);
      const before = readFileSync(file);
      const append = await openLedger(file, options)
        .append("build", buildBody())
        .catch((thrown: unknown) => {
          if (thrown instanceof LapstrakeError && thrown.code === "LEDGER_BROKEN") return undefined;
          throw thrown;
        });
      // The last line alone decides whether there is something to chain to; the rest is for `verify`.
      expect(append === undefined && chain.ok).toBe(false);
      expect((await openLedger(file, options).verify()).ok).toBe(chain.ok);
      const after = readFileSync(file);
      const kept =
        append === undefined ? after.length : after.length - Buffer.byteLength(serializeEntry(append)) - 1;
      expect(after.subarray(0, kept)).toEqual(before.subarray(0, kept));
    }),
    { numRuns: 300 },
  );
}, 60_000);

function keys(count: number): string {
  return Array.from({ length: count }, (_, n) => `"k${n}":0`).join();
}
