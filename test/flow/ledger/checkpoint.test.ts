import { chmodSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { firstMachine, type RealMachine } from "./two-machines.ts";

async function withLedger(): Promise<RealMachine> {
  const machine = firstMachine();
  await machine.build("a", "b", "c");
  return machine;
}

const FILE = "lapstrake.checkpoints";
const KEYS = "lapstrake.ledger.pub";

describe("ledger checkpoint", () => {
  test("makes the key on first use, for its owner alone, lists its public half, and signs what stands", async () => {
    const machine = await withLedger();
    const { exit, value } = await machine.json("ledger", "checkpoint", "--name", "mainpc");
    expect(exit).toBe(0);
    expect(value).toMatchObject({
      version: 1,
      state: "made",
      checkpoint: { version: 1, fleet: "demo", seq: 3, time: "2026-05-28T20:26:40.000Z" },
      files: { checkpoints: FILE, keys: KEYS },
      note: null,
    });
    expect(statSync(machine.stateFile("ledger.key")).mode & 0o777).toBe(0o600);
    expect(machine.read(KEYS)).toMatch(/\nledger mainpc MCowBQYDK2VwAyEA\S+\n$/);
    expect(machine.read(KEYS)).not.toContain("PRIVATE");
    expect(machine.read(FILE).split("\n")).toHaveLength(2);
    expect(machine.git("status", "--porcelain").split("\n")).toEqual([`?? ${FILE}`, `?? ${KEYS}`]);
  });

  test("of the same entry again changes nothing; of more entries, it continues the one before", async () => {
    const machine = await withLedger();
    await machine.cli("ledger", "checkpoint");
    const text = machine.read(FILE);
    expect(await machine.json("ledger", "checkpoint")).toMatchObject({
      exit: 0,
      value: { state: "unchanged" },
    });
    expect(machine.read(FILE)).toBe(text);
    await machine.build("d", "e");
    await machine.cli("ledger", "checkpoint", "--name", "another");
    expect(machine.read(FILE)).toMatch(/^.*\n.*"from":3,"path":\["sha256:.*\n$/);
    expect(machine.read(KEYS).match(/^ledger /gm)).toHaveLength(1);
    expect((await machine.json("ledger", "verify")).value).toMatchObject({
      ok: true,
      checkpoints: { good: 2 },
    });
  });

  test("brings back what the repository lost of it: it never signs another history, nor forgets one", async () => {
    const machine = await withLedger();
    await machine.cli("ledger", "checkpoint");
    await machine.build("d");
    await machine.cli("ledger", "checkpoint");
    const [text, keys] = [machine.read(FILE), machine.read(KEYS)];
    for (const name of [FILE, KEYS]) rmSync(machine.path(name));
    expect((await machine.json("ledger", "verify")).value).toMatchObject({
      findings: [{ code: "CHECKPOINT_KEY" }],
    });
    expect(await machine.json("ledger", "checkpoint")).toMatchObject({ value: { state: "unchanged" } });
    expect([machine.read(FILE), machine.read(KEYS)]).toEqual([text, keys]);
    // The other way round: its own copy is gone, the repository has it.
    rmSync(machine.stateFile("signed.checkpoints"));
    await machine.build("e");
    expect(await machine.json("ledger", "checkpoint")).toMatchObject({ value: { state: "made" } });
    expect(machine.read(FILE).startsWith(text)).toBe(true);
    expect(readFileSync(machine.stateFile("signed.checkpoints"), "utf8")).toBe(machine.read(FILE));
  });

  test("of an empty ledger is refused, and makes no key", async () => {
    const machine = firstMachine();
    expect(await machine.cli("ledger", "checkpoint")).toMatchObject({
      exit: 1,
      err: expect.stringContaining("[LEDGER_EMPTY]"),
    });
    expect(existsSync(machine.stateFile("ledger.key"))).toBe(false);
  });

  test.each<[string, (machine: RealMachine) => void, string]>([
    [
      "was changed",
      (m) => writeFileSync(m.stateFile("ledger.jsonl"), ledger(m).replace("image", "imags")),
      "LEDGER_BROKEN",
    ],
    [
      "was cut off",
      (m) => truncateSync(m.stateFile("ledger.jsonl"), ledger(m).indexOf("\n") + 1),
      "LEDGER_CUT",
    ],
    ["is gone", (m) => rmSync(m.stateFile("ledger.jsonl")), "LEDGER_CUT"],
    [
      "has a checkpoint that cannot be read",
      (m) => writeFileSync(m.path(FILE), "x\n"),
      "CHECKPOINT_UNREADABLE",
    ],
    [
      "has a checkpoint that nobody signed so",
      (m) => writeFileSync(m.path(FILE), m.read(FILE).replace('"fleet":"demo"', '"fleet":"demi"')),
      "CHECKPOINT_SIGNATURE",
    ],
  ])("signs nothing where the ledger %s", async (_, change, code) => {
    const machine = await withLedger();
    await machine.cli("ledger", "checkpoint");
    change(machine);
    const before = machine.read(FILE);
    const { exit, out } = await machine.cli("ledger", "checkpoint", "--json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: "LEDGER_UNSOUND", problems: [{ code: "LEDGER_UNSOUND" }, { code }] },
    });
    expect(machine.read(FILE)).toBe(before);
  });

  test("refuses a key that others could read, a list of keys that cannot be read, and a name with blanks", async () => {
    const machine = await withLedger();
    await machine.cli("ledger", "checkpoint");
    chmodSync(machine.stateFile("ledger.key"), 0o644);
    expect(await machine.cli("ledger", "checkpoint")).toMatchObject({
      exit: 3,
      err: expect.stringContaining("[LEDGER_KEY]"),
    });
    chmodSync(machine.stateFile("ledger.key"), 0o600);
    writeFileSync(machine.path(KEYS), "ledger mainpc nonsense\n");
    expect(await machine.cli("ledger", "checkpoint")).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/lapstrake.ledger.pub: line 1: .*\[KEY_LIST\]/),
    });
    expect(await machine.cli("ledger", "checkpoint", "--name", "my pc")).toMatchObject({ exit: 2 });
  });

  test("with --notes writes the same line on HEAD, once, and leaves the tree alone", async () => {
    const machine = await withLedger();
    for (let turn = 0; turn < 2; turn++) {
      const { value } = await machine.json("ledger", "checkpoint", "--notes");
      expect(value).toMatchObject({ note: machine.git("rev-parse", "HEAD") });
    }
    expect(machine.git("notes", "--ref=lapstrake", "show")).toBe(machine.read(FILE).trim());
  });
});

function ledger(machine: RealMachine): string {
  return readFileSync(machine.stateFile("ledger.jsonl"), "utf8");
}
