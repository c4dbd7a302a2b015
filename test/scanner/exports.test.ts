import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { LapstrakeError } from "../../src/core/base/error.ts";
import { digestOfExport } from "../../src/edge/scanner/exports/digest-of-export.ts";
import { LIMITS } from "../../src/edge/scanner/exports/limits.ts";
import { type ReadOptions, recordTexts } from "../../src/edge/scanner/exports/record-texts.ts";
import { osvRecord } from "../kit/osv-records.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate } from "../kit/seeded-random.ts";
import { writeZip, type ZippedFile } from "../kit/zip-writer.ts";
import { scratch } from "../tree/scratch.ts";

async function textsOf(path: string, options?: ReadOptions): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of recordTexts(path, options)) texts.push(text);
  return texts;
}

/** The code that it is refused with, and what it says. */
async function refusal(content: Buffer | string, options?: ReadOptions, name = "export"): Promise<string> {
  const path = join(scratch(), name);
  writeFileSync(path, content);
  return refusalOf(path, options);
}

async function refusalOf(path: string, options?: ReadOptions): Promise<string> {
  try {
    await textsOf(path, options);
  } catch (thrown) {
    if (thrown instanceof LapstrakeError) return `${thrown.code} ${thrown.message}`;
    throw thrown;
  }
  return "it was taken";
}

const [A, B] = [osvRecord({ id: "A-1" }), osvRecord({ id: "B-2", summary: "ümlaut" })].map((record) =>
  JSON.stringify(record),
) as [string, string];
const LINES = `${A}\n\n${B}\n`;
const files: readonly ZippedFile[] = [
  { name: "A-1.json", content: A },
  { name: "README.md", content: "no record", stored: true },
  { name: "deep/B-2.json", content: B, stored: true },
];

describe("an export", () => {
  it.each([
    ["lines", Buffer.from(LINES)],
    ["lines without a last newline", Buffer.from(`${A}\r\n${B}`)],
    ["gzipped lines", gzipSync(LINES)],
    ["gzip in two members, as some write it", Buffer.concat([gzipSync(`${A}\n`), gzipSync(`${B}\n`)])],
    ["a zip", writeZip(files)],
    ["a zip of the large form", writeZip(files, { wide: true })],
    ["a zip with a comment", writeZip(files, { comment: "PK\u0005\u0006 is no end" })],
  ])("is read as %s", async (_, content) => {
    const path = join(scratch(), "export");
    writeFileSync(path, content);
    expect((await textsOf(path)).map((text) => text.trim())).toEqual([A, B]);
  });

  it("is read as a folder, without what is hidden or a link", async () => {
    const folder = scratch();
    mkdirSync(join(folder, "b", ".git"), { recursive: true });
    writeFileSync(join(folder, "a.json"), A);
    writeFileSync(join(folder, "b", "b.json"), `${B}\n`);
    writeFileSync(join(folder, "b", "notes.txt"), "no record");
    writeFileSync(join(folder, "b", ".git", "c.json"), "no record");
    symlinkSync("/proc/self/environ", join(folder, "d.json"));
    symlinkSync("..", join(folder, "b", "up"));
    expect(await textsOf(folder)).toEqual([A, `${B}\n`]);
  });

  it("is read as one record where its name says so", async () => {
    const path = join(scratch(), "one.json");
    const pretty = JSON.stringify(JSON.parse(A), undefined, 2);
    writeFileSync(path, pretty);
    expect(await textsOf(path)).toEqual([pretty]);
  });

  it("says where each record stands", async () => {
    const path = join(scratch(), "export");
    writeFileSync(path, LINES);
    const places: string[] = [];
    for await (const { file, line } of recordTexts(path)) places.push(`${file.slice(path.length)}:${line}`);
    writeFileSync(path, writeZip(files));
    for await (const { file, line } of recordTexts(path)) places.push(`${file.slice(path.length)}:${line}`);
    expect(places).toEqual([":1", ":3", "!A-1.json:1", "!deep/B-2.json:1"]);
  });

  it("has one digest for the same bytes", async () => {
    const [one, other] = [scratch(), scratch()];
    for (const folder of [one, other]) writeFileSync(join(folder, "a.json"), A);
    expect(await digestOfExport(one)).toBe(await digestOfExport(other));
    writeFileSync(join(other, "a.json"), B);
    expect(await digestOfExport(one)).not.toBe(await digestOfExport(other));
  });
});

const gzip = gzipSync(LINES);
const small = { ...LIMITS, recordBytes: 1000 };

describe("an export is refused where it is", () => {
  it.each([
    ["empty", Buffer.alloc(0), "EXPORT_EMPTY"],
    ["nothing but newlines", "\n\n\n", "EXPORT_EMPTY"],
    ["a zip without a record", writeZip([{ name: "x.txt", content: A }]), "EXPORT_EMPTY"],
    ["an empty zip", writeZip([]), "EXPORT_EMPTY"],
    ["an empty gzip", gzipSync(""), "EXPORT_EMPTY"],
    ["HTML", "<!doctype html><title>Sign in</title>", "EXPORT_FORM"],
    ["a list", `[${A}]`, "EXPORT_FORM"],
    ["in another encoding", Buffer.from(`\ufeff${A}`, "utf16le"), "EXPORT_FORM"],
    [
      "not all UTF-8",
      Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff]), Buffer.from('"}')]),
      "ADVISORY_JSON",
    ],
    ["a gzip that was cut", gzip.subarray(0, -20), "EXPORT_GZIP"],
    ["a gzip that was cut within its checksum", gzip.subarray(0, -1), "EXPORT_GZIP"],
    ["a gzip with a wrong checksum", Buffer.concat([gzip.subarray(0, -8), Buffer.alloc(8)]), "EXPORT_GZIP"],
    ["a gzip with something behind it", Buffer.concat([gzip, Buffer.from("behind")]), "EXPORT_GZIP"],
    ["a zip that was cut", writeZip(files).subarray(0, -30), "EXPORT_ZIP"],
    ["the first half of a zip", writeZip(files).subarray(0, 100), "EXPORT_ZIP"],
    ["a zip with something behind it", Buffer.concat([writeZip(files), Buffer.from("x")]), "EXPORT_ZIP"],
    [
      "a zip with a wrong checksum",
      writeZip([{ name: "a.json", content: A, lies: { crc: 1 } }]),
      "EXPORT_ZIP",
    ],
    [
      "a zip that unpacks to more than it says",
      writeZip([{ name: "a.json", content: A, lies: { bytes: 10 } }]),
      "EXPORT_ZIP",
    ],
    [
      "a zip that unpacks to less than it says",
      writeZip([{ name: "a.json", content: A, lies: { bytes: 5000 } }]),
      "EXPORT_ZIP",
    ],
    ["an encrypted zip", writeZip([{ name: "a.json", content: A, lies: { flags: 1 } }]), "EXPORT_ZIP"],
    [
      "a zip by another method",
      writeZip([{ name: "a.json", content: A, lies: { method: 12 } }]),
      "EXPORT_ZIP",
    ],
    [
      "a zip whose files overlap",
      writeZip([
        { name: "a.json", content: A },
        { name: "b.json", content: A, lies: { offset: 0 }, localName: "a.json" },
      ]),
      "EXPORT_ZIP",
    ],
    [
      "a zip whose file reaches into its directory",
      writeZip([{ name: "a.json", content: A, stored: true, lies: { packedBytes: 900, bytes: 900 } }]),
      "EXPORT_ZIP",
    ],
    [
      "a zip whose file is called differently twice",
      writeZip([{ name: "a.json", content: A, localName: "b.json" }]),
      "EXPORT_ZIP",
    ],
    ["a zip that lists fewer files than it says", writeZip(files, { count: 9 }), "EXPORT_ZIP"],
    ["a zip whose directory is longer than it", writeZip(files, { directoryBytes: 90_000 }), "EXPORT_ZIP"],
    ["a zip with a way out", writeZip([{ name: "../a.json", content: A }]), "EXPORT_ZIP"],
    ["a zip with an absolute path", writeZip([{ name: "/a.json", content: A }]), "EXPORT_ZIP"],
    ["a zip with a backslash", writeZip([{ name: "..\\a.json", content: A }]), "EXPORT_ZIP"],
    ["a zip with a NUL in a name", writeZip([{ name: "a\u0000.json", content: A }]), "EXPORT_ZIP"],
    [
      "a zip with an escape of terminals in a name",
      writeZip([{ name: "\u001b[2Ja.json", content: A }]),
      "EXPORT_ZIP",
    ],
  ])("%s", async (_, content, code) => {
    expect(await refusal(content)).toMatch(new RegExp(`^${code} `));
  });

  it.each([
    ["a line", `${A}\n{"id":"${"x".repeat(2000)}"}`, /EXPORT_LIMIT a record has more than 1000/],
    [
      "a gzipped line",
      gzipSync(`{"id":"${"x".repeat(200_000)}"}`),
      /EXPORT_LIMIT a record has more than 1000/,
    ],
    ["a file of a zip", writeZip([{ name: "a.json", content: "x".repeat(2000) }]), /EXPORT_LIMIT a.json in/],
    [
      "a file of a zip that is packed to more",
      writeZip([{ name: "a.json", content: A, lies: { packedBytes: 2000 } }]),
      /EXPORT_LIMIT/,
    ],
  ])("too much: %s", async (_, content, expected) => {
    expect(await refusal(content, { limits: small })).toMatch(expected);
  });

  it("too much: a record in a folder, or as a whole", async () => {
    const folder = scratch();
    writeFileSync(join(folder, "a.json"), "x".repeat(2000));
    expect(await refusalOf(folder, { limits: small })).toMatch(/EXPORT_LIMIT/);
    expect(await refusalOf(join(folder, "a.json"), { limits: small })).toMatch(/EXPORT_FORM/);
    expect(await refusal(`{"a":"${"x".repeat(2000)}"}`, { limits: small }, "x.json")).toMatch(/EXPORT_LIMIT/);
  });

  it.each([
    ["records", { ...LIMITS, records: 1 }],
    ["bytes", { ...LIMITS, unpackedBytes: A.length + 20 }],
  ])("too many %s, in whatever form", async (_, limits) => {
    const folder = scratch();
    writeFileSync(join(folder, "a.json"), A);
    writeFileSync(join(folder, "b.json"), B);
    const found = [
      await refusalOf(folder, { limits }),
      await refusal(LINES, { limits }),
      await refusal(gzip, { limits }),
      await refusal(writeZip(files), { limits }),
    ];
    expect(found.map((each) => each.split(" ", 1)[0])).toEqual(Array(4).fill("EXPORT_LIMIT"));
  });

  it("a bomb: a gzip that unpacks to more than it may", async () => {
    const bomb = gzipSync("\n".repeat(20_000_000), { level: 9 });
    expect(await refusal(bomb, { limits: { ...LIMITS, unpackedBytes: 1_000_000 } })).toMatch(/EXPORT_LIMIT/);
  });

  it("nowhere, a pipe, a device", async () => {
    const folder = scratch();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await refusalOf(join(folder, "nothing"))).toMatch(/^EXPORT_UNREADABLE .*it is not there/);
    expect(await refusalOf(join(folder, "pipe"))).toMatch(/^EXPORT_FORM/);
    expect(await refusalOf("/dev/zero")).toMatch(/^EXPORT_FORM/);
  });

  it("too deep a folder", async () => {
    const folder = scratch();
    mkdirSync(join(folder, ...Array<string>(20).fill("d")), { recursive: true });
    expect(await refusalOf(folder)).toMatch(/^EXPORT_LIMIT/);
  });

  it("aborted, with its reason", async () => {
    const path = join(scratch(), "export");
    writeFileSync(path, LINES);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(textsOf(path, { signal })).rejects.toThrow("enough");
  });
});

describe("whatever was done to a zip or gzip (fuzz)", () => {
  it.each([
    ["zip", writeZip(files)],
    ["large zip", writeZip(files, { wide: true })],
    ["gzip", gzip],
  ])("%s: it is read or refused", { timeout: 7_200_000 }, async (_, base) => {
    const random = createRandom(FUZZ_SEED);
    const path = join(scratch(), "export");
    let refused = 0;
    for (let run = fuzzRuns(500); run > 0; run--) {
      writeFileSync(path, mutate(base, random));
      if ((await refusalOf(path)) !== "it was taken") refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });
});
