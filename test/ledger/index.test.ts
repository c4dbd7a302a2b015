import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { type Entry, makeEntry, parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import { formatIndex, parseIndex } from "../../src/edge/ledger/ledger-index.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import { buildBody, rehashed, releaseBody } from "../record/sample.ts";

const options = { clock: () => 0, exclusive: <Result>(work: () => Promise<Result>) => work() };

/** Mostly builds, and a release at each of these numbers. */
function linesOf(length: number, releases: readonly number[]): readonly string[] {
  const entries: Entry[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const entry = releases.includes(seq)
      ? makeEntry(entries.at(-1), { time: seq, kind: "release", body: releaseBody(`t${seq}`) })
      : makeEntry(entries.at(-1), { time: seq, kind: "build", body: buildBody() });
    entries.push(entry as unknown as Entry);
  }
  return entries.map(serializeEntry);
}

const LINES = linesOf(1500, [10, 700, 1499]);

function ledgerWith(lines: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "lap-index-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "ledger.jsonl");
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  const releases = async () =>
    (await openLedger(file, options).entriesOf("release")).map(({ seq, body }) => [seq, body.tag]);
  return { file, index: `${file}.index`, releases };
}

const RELEASES = [10, 700, 1499].map((seq) => [seq, `t${seq}`]);

describe("the entries of a kind", () => {
  test("are all of it, in order, the first time and with the index that it left", async () => {
    const { index, releases } = ledgerWith(LINES);
    expect(await releases()).toEqual(RELEASES);
    const made = readFileSync(index);
    expect(parseIndex(made)).toMatchObject({ entries: 1500 });
    expect(await releases()).toEqual(RELEASES);
    expect(readFileSync(index)).toEqual(made);
  });

  test("of several kinds stand in the ledger's order; of none that is there, nothing; of no file, nothing", async () => {
    const { file } = ledgerWith(LINES);
    const ledger = openLedger(file, options);
    expect(await ledger.entriesOf("release", "build")).toHaveLength(1500);
    expect((await ledger.entriesOf("build", "release")).map(({ seq }) => seq)).toEqual(
      LINES.map((_, n) => n + 1),
    );
    expect(await ledger.entriesOf("promotion")).toEqual([]);
    expect(await openLedger(`${file}.none`, options).entriesOf("build")).toEqual([]);
  });

  test("of a short ledger need no index, and leave none", async () => {
    const { index, releases } = ledgerWith(LINES.slice(0, 900));
    expect(await releases()).toEqual(RELEASES.slice(0, 2));
    expect(existsSync(index)).toBe(false);
  });

  test("are read at their places: damage elsewhere before the index's end is not seen, and is by verify", async () => {
    const { file, releases } = ledgerWith(LINES);
    await releases();
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("base-utils", "base-XXXXX"));
    expect(await releases()).toEqual(RELEASES);
    expect(await openLedger(file, options).verify()).toMatchObject({ ok: false, line: 1 });
  });

  test("that were appended since come along, and after enough of them the index grows", async () => {
    const { file, index, releases } = ledgerWith(LINES.slice(0, 1200));
    await releases();
    writeFileSync(file, LINES.map((line) => `${line}\n`).join(""));
    expect(await releases()).toEqual(RELEASES);
    expect(parseIndex(readFileSync(index))).toMatchObject({ entries: 1200 });
    const longer = linesOf(2300, [10, 700, 1499, 2299]);
    writeFileSync(file, longer.map((line) => `${line}\n`).join(""));
    expect(await releases()).toEqual([...RELEASES, [2299, "t2299"]]);
    expect(parseIndex(readFileSync(index))).toMatchObject({ entries: 2300 });
  });

  test("behind a break of the chain after the index are an error with the line", async () => {
    const { file, releases } = ledgerWith(LINES.slice(0, 1200));
    await releases();
    const broken = LINES.with(1300, rehashed(parseEntry(LINES[1300]!), { time: "2020-01-01T00:00:00.000Z" }));
    writeFileSync(file, broken.map((line) => `${line}\n`).join(""));
    await expect(releases()).rejects.toMatchObject({ code: "LEDGER_BROKEN", details: { line: 1302 } });
  });

  test("without an index a break anywhere is an error", async () => {
    const { releases } = ledgerWith(LINES.toSpliced(5, 1));
    await expect(releases()).rejects.toMatchObject({ code: "LEDGER_BROKEN", details: { line: 6 } });
  });
});

describe("an index that does not fit is made anew", () => {
  test.each<[string, (at: ReturnType<typeof ledgerWith>) => void]>([
    ["cut off", ({ index }) => truncateSync(index, statSync(index).size - 7)],
    ["empty", ({ index }) => writeFileSync(index, "")],
    ["of nonsense", ({ index }) => writeFileSync(index, "{}\nnonsense")],
    ["of a later version", ({ index }) => flip(index, '"version":1', '"version":2')],
    ["with another kind's name", ({ index }) => flip(index, '"release"', '"relaese"')],
    ["with another end", ({ index }) => flip(index, '"end":', '"end":1')],
  ])("%s", async (_, damage) => {
    const at = ledgerWith(LINES);
    await at.releases();
    const whole = readFileSync(at.index);
    damage(at);
    expect(readFileSync(at.index)).not.toEqual(whole);
    expect(await at.releases()).toEqual(RELEASES);
    expect(readFileSync(at.index)).toEqual(whole);
  });

  test("with any bit flipped (every 97th of them)", async () => {
    const at = ledgerWith(LINES.slice(0, 1000));
    await at.releases();
    const whole = readFileSync(at.index);
    for (let bit = 0; bit < whole.length * 8; bit += 97) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(parseIndex(flipped), `bit ${bit}`).toBeUndefined();
    }
  });

  test("of a ledger that was cut, or begun anew", async () => {
    const at = ledgerWith(LINES);
    await at.releases();
    const other = linesOf(1600, [3]);
    for (const lines of [LINES.slice(0, 800), LINES.slice(0, 1), other]) {
      writeFileSync(at.file, lines.map((line) => `${line}\n`).join(""));
      const expected = lines.flatMap((line) => {
        const { seq, kind, body } = parseEntry(line);
        return kind === "release" ? [[seq, body["tag"]]] : [];
      });
      expect(await at.releases()).toEqual(expected);
    }
  });

  test("whose places or hashes somebody changed, with its sum made right: what is read must be what it promises", async () => {
    const at = ledgerWith(LINES);
    await at.releases();
    const index = parseIndex(readFileSync(at.index))!;
    const rows = Array.from({ length: index.entries }, (_, n) => index.row(n));
    for (const forged of [
      rows.with(9, { ...rows[9]!, hash: digestOf("x") }),
      rows.with(9, { ...rows[9]!, offset: rows[9]!.offset + 1 }),
      rows.with(3, { ...rows[3]!, kind: "release" }),
    ]) {
      writeFileSync(at.index, formatIndex(forged, index.end));
      expect(await at.releases()).toEqual(RELEASES);
      expect(parseIndex(readFileSync(at.index))?.row(9)).toEqual(rows[9]);
    }
  });
});

test("an index that hides an entry is found by the check against the whole ledger", async () => {
  const at = ledgerWith(LINES);
  const entries = LINES.map((line) => parseEntry(line));
  const ledger = openLedger(at.file, options);
  expect(await ledger.checkIndex(entries)).toBeUndefined();
  await at.releases();
  expect(await ledger.checkIndex(entries)).toBe(true);
  expect(await ledger.checkIndex(entries.slice(0, 1000))).toBe(false);
  const index = parseIndex(readFileSync(at.index))!;
  const rows = Array.from({ length: index.entries }, (_, n) => index.row(n));
  writeFileSync(at.index, formatIndex(rows.with(9, { ...rows[9]!, kind: "build" }), index.end));
  // It is a cache in the same folder: whoever may write there may lie there. So the check.
  expect(await at.releases()).toEqual(RELEASES.slice(1));
  expect(await ledger.checkIndex(entries)).toBe(false);
});

test("where no index can be saved, the entries are given all the same, and nothing is left behind", async () => {
  const at = ledgerWith(LINES);
  // Its place is taken by a folder.
  mkdirSync(at.index);
  expect(await at.releases()).toEqual(RELEASES);
  expect(await at.releases()).toEqual(RELEASES);
  expect(readdirSync(dirname(at.file)).toSorted()).toEqual(["ledger.jsonl", "ledger.jsonl.index"]);
});

function flip(path: string, from: string, to: string): void {
  const bytes = readFileSync(path).toString("latin1");
  writeFileSync(path, Buffer.from(bytes.replace(from, to), "latin1"));
}
