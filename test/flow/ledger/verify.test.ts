import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseEntry } from "../../../src/core/record/entry.ts";
import { surveyChain } from "../../../src/core/record/survey-chain.ts";
import { formatIndex, parseIndex } from "../../../src/edge/ledger/ledger-index.ts";
import { readSettled } from "../../../src/flow/ledger/verify-ledger.ts";
import { rehashed, releaseBody, sampleLines } from "../../record/sample.ts";
import { firstMachine, type RealMachine } from "./two-machines.ts";

/** A ledger of nine entries; the first three are signed, and the next three. */
async function signedMachine(): Promise<RealMachine> {
  const machine = firstMachine();
  for (const images of [
    ["a", "b", "c"],
    ["d", "e", "f"],
  ]) {
    await machine.build(...images);
    machine.now += 1000;
    expect(await machine.cli("ledger", "checkpoint", "--name", "mainpc")).toMatchObject({ exit: 0 });
  }
  await machine.build("g", "h", "i");
  machine.commit("checkpoints");
  return machine;
}

const ledgerOf = (machine: RealMachine): string => machine.stateFile("ledger.jsonl");
const linesOf = (machine: RealMachine): string[] =>
  readFileSync(ledgerOf(machine), "utf8").trimEnd().split("\n");
const write = (machine: RealMachine, lines: readonly string[]): void =>
  writeFileSync(ledgerOf(machine), lines.map((line) => `${line}\n`).join(""));

/** Written anew from this line on, with every hash made right. */
function forged(lines: readonly string[], from: number): string[] {
  const made = lines.slice(0, from);
  for (const line of lines.slice(from)) {
    const before = made.at(-1);
    const previous = before === undefined ? null : parseEntry(before).hash;
    made.push(rehashed(parseEntry(line), { previous, time: "2020-01-01T00:00:00.000Z" }));
  }
  return made;
}

describe("ledger verify", () => {
  test("says what is proven, up to where, and what is only chained", async () => {
    const machine = await signedMachine();
    const { exit, value } = await machine.json("ledger", "verify");
    expect(exit).toBe(0);
    expect(value).toMatchObject({
      version: 1,
      ok: true,
      entries: 9,
      head: { seq: 9 },
      findings: [],
      checkpoints: { good: 2, foreign: 0, beyond: 0, last: { seq: 6, fleet: "demo" }, witnessed: null },
      evidence: { cited: 9, stored: 9 },
    });
    const { out } = await machine.cli("ledger", "verify");
    expect(out).toContain("chain: 9 entries, every hash recomputed");
    expect(out).toContain("2 agree; the last good one is of entry 6, 2026-05-28T20:26:42.000Z");
    expect(out).toContain("none is witnessed by a second machine");
    expect(out).toContain("3 entries after it: chained, and not signed yet");
    expect(out).toContain("evidence: 9 cited, 9 files read: all bytes are as they were recorded");
  });

  test("without a checkpoint says what it cannot exclude, and changes nothing", async () => {
    const machine = firstMachine();
    await machine.build("a");
    const before = readdirSync(join(ledgerOf(machine), ".."));
    const { exit, out } = await machine.cli("ledger", "verify");
    expect(exit).toBe(0);
    expect(out).toContain("checkpoints: none of this ledger. An end that was cut off");
    expect(readdirSync(join(ledgerOf(machine), ".."))).toEqual(before);
    expect(machine.git("status", "--porcelain")).toBe("");
  });

  test("of no ledger at all is not green about what is not there", async () => {
    const { exit, out } = await firstMachine().cli("ledger", "verify");
    expect(exit).toBe(0);
    expect(out).toContain("0 entries, every hash recomputed, the ledger is empty");
  });

  test.each<[string, (machine: RealMachine) => void, object, RegExp]>([
    [
      "a changed entry",
      (machine) => write(machine, linesOf(machine).with(4, linesOf(machine)[4]!.replace('"e"', '"x"'))),
      {
        ok: false,
        line: 5,
        code: "RECORD_HASH",
        entries: 4,
        checkpoints: { good: 1, beyond: 1, last: { seq: 3 } },
      },
      /BROKEN at line 5 \(entry 5\).*\n.*LEDGER_BROKEN(.|\n)*last good one is of entry 3/,
    ],
    [
      "an end that was cut off",
      (machine) => write(machine, linesOf(machine).slice(0, 5)),
      { ok: false, entries: 5, findings: [{ code: "LEDGER_CUT", entry: { seq: 6 } }] },
      /LEDGER_CUT: lapstrake.checkpoints:2: 1 signed entry is gone: there were 6 at/,
    ],
    [
      "a whole ledger that is gone",
      (machine) => rmSync(ledgerOf(machine)),
      { ok: false, entries: 0, findings: [{ code: "LEDGER_CUT", entry: { seq: 1 } }] },
      /6 signed entries are gone: there were 6 at .*, and there are 0/,
    ],
    [
      "entries that were written anew",
      (machine) => write(machine, forged(linesOf(machine), 4)),
      {
        ok: false,
        entries: 9,
        findings: [{ code: "LEDGER_REWRITTEN", entry: { seq: 4 } }],
        checkpoints: { good: 1 },
      },
      /something in the entries 4 to 6 was written anew/,
    ],
    [
      "a ledger that was written anew from its first entry on",
      (machine) => write(machine, forged(linesOf(machine), 0)),
      { ok: false, findings: [{ code: "LEDGER_REWRITTEN", entry: { seq: 1 } }], checkpoints: { good: 0 } },
      /something in the entries 1 to 3 was written anew/,
    ],
    [
      "a torn end",
      (machine) => appendFileSync(ledgerOf(machine), '{"body":'),
      { ok: false, entries: 9, findings: [{ code: "LEDGER_TORN" }] },
      /8 bytes after the last whole entry/,
    ],
    [
      "a checkpoint that was taken out of the file, and of this machine's own copy",
      (machine) => {
        for (const path of [machine.path("lapstrake.checkpoints"), machine.stateFile("signed.checkpoints")])
          writeFileSync(path, readFileSync(path, "utf8").split("\n").slice(1).join("\n"));
      },
      { ok: false, findings: [{ code: "CHECKPOINT_GONE" }] },
      /CHECKPOINT_GONE/,
    ],
    [
      "a line of a merge in the checkpoints",
      (machine) => appendFileSync(machine.path("lapstrake.checkpoints"), ">>>>>>> branch\n"),
      { ok: false, findings: [{ code: "CHECKPOINT_UNREADABLE", at: "lapstrake.checkpoints:3" }] },
      /lapstrake.checkpoints:3/,
    ],
    [
      "a list of keys without this machine's",
      (machine) => writeFileSync(machine.path("lapstrake.ledger.pub"), "# nobody\n"),
      // What it signed still counts here, where the key is; it says that nobody else can tell.
      { ok: false, findings: [{ code: "CHECKPOINT_KEY" }], checkpoints: { good: 2 } },
      /this machine's key is not in the repository's list/,
    ],
  ])("finds %s", async (_, change, expected, text) => {
    const machine = await signedMachine();
    change(machine);
    const { exit, value } = await machine.json("ledger", "verify");
    expect(exit).toBe(1);
    const { findings } = value as { findings: readonly { code: string }[] };
    const about = findings.filter(({ code }) => !code.startsWith("EVIDENCE"));
    expect({ ...(value as object), findings: about }).toMatchObject(expected);
    const { exit: plain, out } = await machine.cli("ledger", "verify");
    expect(plain).toBe(1);
    expect(out).toMatch(text);
  });

  test("finds the evidence of which entry, and since when, is gone or was changed", async () => {
    const machine = await signedMachine();
    const { evidence } = await machine.fleet();
    const [first, second] = await evidence.list();
    const path = (name: string): string => join(machine.stateFile("evidence"), name);
    rmSync(path(first!.name));
    writeFileSync(path(second!.name), "other");
    const { exit, value } = await machine.json("ledger", "verify");
    expect(exit).toBe(1);
    expect(value).toMatchObject({
      ok: false,
      findings: [
        { code: "EVIDENCE_CHANGED", entry: { seq: expect.any(Number), time: expect.any(String) } },
        { code: "EVIDENCE_MISSING", entry: { seq: expect.any(Number), time: expect.any(String) } },
      ],
      evidence: { cited: 9, stored: 8 },
    });
  });

  test("counts a mended tail as mended, and the append that mended it says so", async () => {
    const machine = await signedMachine();
    appendFileSync(ledgerOf(machine), "half");
    machine.events.length = 0;
    await machine.build("j");
    expect(machine.events).toMatchObject([
      {
        type: "note",
        level: "warning",
        message: expect.stringMatching(/4 bytes of an entry that was never announced.*torn-1/),
      },
    ]);
    expect(existsSync(`${ledgerOf(machine)}.torn-1`)).toBe(true);
    expect((await machine.cli("ledger", "verify")).exit).toBe(0);
  });

  test("compares with what stands in git notes alone, also in the hands of somebody who has no state of the repository", async () => {
    const machine = firstMachine();
    await machine.build("a", "b");
    const made = await machine.json("ledger", "checkpoint", "--notes");
    expect(made).toMatchObject({ exit: 0, value: { state: "made", note: machine.git("rev-parse", "HEAD") } });
    machine.git("add", "lapstrake.ledger.pub");
    machine.git("commit", "-qm", "key");
    rmSync(machine.path("lapstrake.checkpoints"));
    rmSync(machine.stateFile("signed.checkpoints"));
    expect((await machine.json("ledger", "verify")).value).toMatchObject({
      ok: true,
      checkpoints: { good: 1 },
    });
    truncateSync(ledgerOf(machine), linesOf(machine)[0]!.length + 1);
    expect((await machine.json("ledger", "verify")).value).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: "LEDGER_CUT",
          at: expect.stringMatching(/^git note on [0-9a-f]{12}:1$/),
        }),
      ]),
    });
  });

  test("finds an index that hides an entry", async () => {
    const machine = firstMachine();
    const { ledger } = await machine.fleet();
    await Promise.all(Array.from({ length: 1200 }, () => ledger.append("release", releaseBody())));
    expect(await ledger.entriesOf("release")).toHaveLength(1200);
    const path = `${ledgerOf(machine)}.index`;
    const index = parseIndex(readFileSync(path))!;
    const rows = Array.from({ length: index.entries }, (_, n) => index.row(n));
    expect((await machine.cli("ledger", "verify")).exit).toBe(0);
    writeFileSync(path, formatIndex(rows.with(5, { ...rows[5]!, kind: "build" }), index.end));
    expect((await machine.json("ledger", "verify")).value).toMatchObject({
      ok: false,
      findings: [{ code: "LEDGER_INDEX" }],
    });
  });

  test("shows people the first of many findings, and programs all of them", async () => {
    const machine = firstMachine();
    await machine.build(...Array.from({ length: 25 }, (_, n) => `image-${n}`));
    rmSync(machine.stateFile("evidence"), { recursive: true });
    expect((await machine.cli("ledger", "verify")).out).toContain("… and 15 more of these");
    const { value } = await machine.json("ledger", "verify");
    expect((value as { findings: unknown[] }).findings).toHaveLength(25);
  });
});

test("what looks torn is looked at again before it is called so: it may be an append on its way", async () => {
  let looks = 0;
  const ledger = {
    survey: async () => surveyChain(sampleLines(++looks)),
    torn: () => (looks < 2 ? { bytes: 5, movedTo: undefined } : undefined),
  };
  expect((await readSettled(ledger)).entries).toHaveLength(2);
  expect(looks).toBe(2);
  const torn = { ...ledger, torn: () => ({ bytes: 5, movedTo: undefined }) };
  await readSettled(torn);
  expect(looks).toBe(5);
});
