import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Entry, parseEntry } from "../../../src/core/record/entry.ts";
import { rehashed } from "../../record/sample.ts";
import { cloneOf, firstMachine, type RealMachine } from "./two-machines.ts";

const FILE = "lapstrake.checkpoints";

interface Machines {
  readonly main: RealMachine;
  readonly second: RealMachine;
  /** The first digits of mainpc's key. */
  readonly key: string;
}

/** mainpc with three entries that it signed; pc2 has pulled that, and witnessed nothing yet. */
async function machines(): Promise<Machines> {
  const main = firstMachine();
  await main.build("a", "b", "c");
  const { value } = await main.json("ledger", "checkpoint", "--name", "mainpc");
  main.commit("checkpoint");
  const id = (value as { checkpoint: { key: string } }).checkpoint.key;
  return { main, second: cloneOf(main), key: id.slice("sha256:".length, "sha256:".length + 16) };
}

async function witnessed(): Promise<Machines> {
  const at = await machines();
  expect(await at.second.cli("ledger", "witness", "--name", "pc2", "--accept", at.key)).toMatchObject({
    exit: 0,
  });
  at.second.commit("witness");
  at.second.git("push", "-q", "origin", "HEAD:main");
  return at;
}

/** mainpc goes on, signs, and pc2 pulls. */
async function goOn({ main, second }: Machines, ...images: readonly string[]): Promise<void> {
  await main.build(...images);
  main.now += 1000;
  expect(await main.cli("ledger", "checkpoint")).toMatchObject({ exit: 0 });
  main.commit("more");
  second.git("pull", "-q", "--rebase");
}

/** As somebody would who owns mainpc, its key and its copy of what was signed: another history, signed anew. */
async function forge(
  { main }: Machines,
  change: (lines: readonly string[]) => readonly string[],
): Promise<void> {
  const path = main.stateFile("ledger.jsonl");
  const lines = change(readFileSync(path, "utf8").trimEnd().split("\n"));
  const made: string[] = [];
  for (const line of lines) {
    const before = made.at(-1);
    const entry = JSON.parse(line) as Entry;
    made.push(rehashed(entry, { previous: before === undefined ? null : parseEntry(before).hash }));
  }
  writeFileSync(path, `${made.join("\n")}\n`);
  rmSync(main.stateFile("signed.checkpoints"));
  writeFileSync(main.path(FILE), "");
}

describe("ledger witness", () => {
  test("refuses a key that it never saw, and says how to accept it", async () => {
    const { second, key } = await machines();
    const before = second.read(FILE);
    const { exit, err } = await second.cli("ledger", "witness");
    expect(exit).toBe(1);
    expect(err).toContain("[WITNESS_KEY_NEW]");
    expect(err).toContain(`--accept ${key}`);
    expect(second.read(FILE)).toBe(before);
    for (const other of ["0".repeat(16), key.slice(0, 7), ""]) {
      expect(await second.cli("ledger", "witness", `--accept=${other}`)).toMatchObject({ exit: 1 });
      expect(second.read(FILE)).toBe(before);
    }
  });

  test("signs what continues what it saw before, and mainpc's verify says up to where it is witnessed", async () => {
    const at = await witnessed();
    const { main, second } = at;
    main.git("pull", "-q", "--rebase", second.root, "main");
    expect((await main.json("ledger", "verify")).value).toMatchObject({
      ok: true,
      checkpoints: { good: 1, witnessed: { seq: 3, witnesses: ["pc2"] } },
    });
    await goOn(at, "d", "e");
    const { exit, value } = await second.json("ledger", "witness");
    expect(exit).toBe(0);
    expect(value).toMatchObject({
      version: 1,
      ledgers: [{ name: "mainpc", state: "signed", isFirst: false, checkpoint: { seq: 5 } }],
      note: null,
    });
    second.commit("witness");
    main.git("pull", "-q", second.root, "main");
    expect((await main.cli("ledger", "verify")).out).toContain("witnessed up to entry 5 by pc2");
    expect(main.read("lapstrake.ledger.pub")).toMatch(/\nledger mainpc .*\nwitness pc2 /);
  });

  test("of the same checkpoint again changes nothing, and signs anew where its signature was lost", async () => {
    const { second } = await witnessed();
    const text = second.read(FILE);
    expect(await second.json("ledger", "witness")).toMatchObject({
      exit: 0,
      value: { ledgers: [{ state: "unchanged" }] },
    });
    expect(second.read(FILE)).toBe(text);
    writeFileSync(second.path(FILE), `${text.split("\n")[0]}\n`);
    second.now += 5000;
    expect(await second.json("ledger", "witness")).toMatchObject({
      value: { ledgers: [{ state: "signed" }] },
    });
    expect(second.read(FILE).split("\n")).toHaveLength(3);
  });

  test.each<[string, (lines: readonly string[]) => readonly string[], string]>([
    ["whose end was cut off", (lines) => lines.slice(0, 2), "WITNESS_CUT"],
    [
      "that was written anew with as many entries",
      (lines) => lines.map((line) => line.replace('"a"', '"x"')),
      "WITNESS_FORK",
    ],
  ])("refuses a ledger %s, signed with the right key all the same", async (_, change, code) => {
    const at = await witnessed();
    await forge(at, change);
    expect(await at.main.cli("ledger", "checkpoint")).toMatchObject({ exit: 0 });
    at.main.commit("forged");
    at.second.git("fetch", "-q");
    at.second.git("reset", "-q", "--hard", "origin/main");
    const before = at.second.read(FILE);
    const { exit, out } = await at.second.cli("ledger", "witness", "--json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code } });
    expect(at.second.read(FILE)).toBe(before);
    // It stays refused: nothing of the forgery was remembered.
    expect(await at.second.cli("ledger", "witness")).toMatchObject({ exit: 1 });
  });

  test("refuses a longer fork, which cannot prove that it continues what was witnessed", async () => {
    const at = await witnessed();
    await forge(at, (lines) => lines.map((line) => line.replace('"b"', '"x"')));
    await at.main.build("d", "e");
    await at.main.cli("ledger", "checkpoint");
    at.main.commit("forged");
    at.second.git("fetch", "-q");
    at.second.git("reset", "-q", "--hard", "origin/main");
    expect(await at.second.cli("ledger", "witness")).toMatchObject({
      exit: 1,
      err: expect.stringContaining("[WITNESS_GAP]"),
    });
  });

  test("refuses lines that nobody of the list signed, and files without a checkpoint of another machine", async () => {
    const { main, second, key } = await machines();
    writeFileSync(second.path(FILE), second.read(FILE).replace('"fleet":"demo"', '"fleet":"demi"'));
    expect(await second.cli("ledger", "witness", "--accept", key)).toMatchObject({
      exit: 1,
      err: expect.stringContaining("[CHECKPOINT_SIGNATURE]"),
    });
    writeFileSync(second.path("lapstrake.ledger.pub"), "");
    expect(await second.cli("ledger", "witness", "--accept", key)).toMatchObject({
      exit: 1,
      err: expect.stringContaining("[CHECKPOINT_KEY]"),
    });
    for (const machine of [main, second]) {
      if (machine === second) rmSync(second.path(FILE));
      expect(await machine.cli("ledger", "witness")).toMatchObject({
        exit: 2,
        err: expect.stringContaining("[WITNESS_NOTHING]"),
      });
    }
  });

  test("takes a FILE that came another way, and signs into it; with --notes on HEAD, too", async () => {
    const { second, key } = await machines();
    writeFileSync(second.path("sent.txt"), second.read(FILE));
    const before = second.read(FILE);
    const { value } = await second.json("ledger", "witness", "sent.txt", "--accept", key, "--notes");
    expect(value).toMatchObject({ file: second.path("sent.txt"), note: second.git("rev-parse", "HEAD") });
    expect(second.read("sent.txt").split("\n")).toHaveLength(3);
    expect(second.read(FILE)).toBe(before);
    expect(second.git("notes", "--ref=lapstrake", "show")).toBe(second.read("sent.txt").split("\n")[1]);
  });

  test.each(["", "{", '{"version":2}', '{"version":1,"ledgers":{"x":{"seq":1}}}'])(
    "never takes a damaged memory (%j) for none",
    async (text) => {
      const { second, key } = await witnessed();
      writeFileSync(second.stateFile("witnessed.json"), text);
      expect(await second.cli("ledger", "witness", "--accept", key)).toMatchObject({
        exit: 3,
        err: expect.stringContaining("[WITNESS_STATE]"),
      });
    },
  );

  test("knows each machine's ledger by its key: two that witness each other", async () => {
    const at = await witnessed();
    const { main, second } = at;
    await second.build("own");
    expect(await second.cli("ledger", "checkpoint", "--name", "pc2")).toMatchObject({ exit: 0 });
    second.commit("own");
    main.git("pull", "-q", second.root, "main");
    const refused = await main.cli("ledger", "witness", "--name", "mainpc");
    expect(refused.err).toContain("[WITNESS_KEY_NEW]");
    const [, accept = ""] = /--accept (\S+)/.exec(refused.err) ?? [];
    expect(await main.json("ledger", "witness", "--name", "mainpc", "--accept", accept)).toMatchObject({
      exit: 0,
      value: { ledgers: [{ name: "pc2", checkpoint: { seq: 1 } }] },
    });
    expect((await main.json("ledger", "verify")).value).toMatchObject({
      ok: true,
      checkpoints: { good: 1, foreign: 1 },
    });
    main.commit("mutual");
    second.git("pull", "-q", main.root, "main");
    expect((await second.json("ledger", "verify")).value).toMatchObject({
      ok: true,
      checkpoints: { good: 1, foreign: 1, witnessed: { seq: 1, witnesses: ["mainpc"] } },
    });
  });
});
