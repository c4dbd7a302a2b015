import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "../../src/core/record/entry.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import type { Ledger } from "../../src/edge/ledger/port.ts";
import { lockTree } from "../../src/edge/tree/lock-tree.ts";
import { buildBody, sampleLines } from "../record/sample.ts";
import { compileWriter, type Writer } from "./writer.ts";

const folder = mkdtempSync(join(tmpdir(), "lap-killed-"));
let writer: Writer;
beforeAll(() => {
  writer = compileWriter(mkdtempSync(join(folder, "program-")));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TORN = '{"body":{"image":"never anno';
const whole = (length: number): string =>
  sampleLines(length)
    .map((line) => `${line}\n`)
    .join("");

/** As the program opens it: the lock of a killed writer is broken, not waited for. */
function reopened(file: string): Ledger {
  return openLedger(file, {
    clock: () => 1_780_000_000_000,
    async exclusive(work) {
      const lock = await lockTree(`${file}.lock`, { command: "test", wait: 0 });
      try {
        return await work();
      } finally {
        await lock.release();
      }
    },
  });
}

let files = 0;
function fileWith(begin: string | undefined): string {
  const file = join(mkdtempSync(join(folder, "case-")), `made/on/demand-${files++}.jsonl`);
  if (begin === undefined) return file;
  const flat = join(folder, `ledger-${files++}.jsonl`);
  writeFileSync(flat, begin);
  return flat;
}

interface Stop {
  readonly at: number;
  readonly cut?: number;
}

/** Runs a writer that is killed there, and gives what it announced, or undefined where it came to its end. */
function killed(file: string, groups: readonly number[], { at, cut }: Stop) {
  const env = {
    ...process.env,
    STOP_AT: String(at),
    ...(cut === undefined ? {} : { STOP_CUT: String(cut) }),
  };
  const run = spawnSync(process.execPath, writer.argv({ file, groups }), { env, encoding: "utf8" });
  expect(run.stderr).toBe("");
  const announced = run.stdout.split("\n").flatMap((line) => (line === "" ? [] : [line]));
  return { announced, isKilled: run.signal === "SIGKILL" };
}

/** The names of the steps of a run that nobody stops. */
function stepsOf(begin: string | undefined, groups: readonly number[]): readonly string[] {
  const env = { ...process.env, STEPS: "1" };
  const argv = writer.argv({ file: fileWith(begin), groups });
  const run = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
  expect(run.status).toBe(0);
  return run.stderr.trim().split("\n");
}

/** What was announced stands, the chain is sound, and the next append goes on from there, whatever was torn. */
async function expectSound(
  file: string,
  announced: readonly string[],
  before: number,
): Promise<readonly Entry[]> {
  const found = await reopened(file).read();
  expect(found.length).toBeGreaterThanOrEqual(before + announced.length);
  expect(found.map(({ seq, hash }) => `${seq} ${hash}`)).toEqual(expect.arrayContaining([...announced]));
  const ledger = reopened(file);
  const next = await ledger.append("build", buildBody("next"));
  expect(next.seq).toBe(found.length + 1);
  expect(await ledger.verify()).toMatchObject({ ok: true, entries: found.length + 1 });
  return found;
}

describe.each<[string, string | undefined, number]>([
  ["where no file was", undefined, 0],
  ["after two entries", whole(2), 2],
  ["after two entries and a torn one", `${whole(2)}${TORN}`, 2],
])("a writer of a group of three and of one more, %s", (_, begin, before) => {
  const GROUPS = [3, 1];

  test("may be killed before each of its steps", async () => {
    const steps = stepsOf(begin, GROUPS);
    expect(steps.filter((name) => name === "fdatasync")).toHaveLength(2);
    for (const [index, name] of steps.entries()) {
      const file = fileWith(begin);
      const { announced, isKilled } = killed(file, GROUPS, { at: index + 1 });
      expect(isKilled, `${index + 1}: ${name}`).toBe(true);
      // Nothing is announced before it is synced: a group that waits for its fdatasync was not.
      const synced = steps.slice(0, index).filter((each) => each === "fdatasync").length;
      const most = [0, 3, 4][synced] ?? 0;
      expect(announced.length, `${index + 1}: ${name}`).toBeLessThanOrEqual(most);
      await expectSound(file, announced, before);
    }
    // Canary: one step later the writer comes to its end.
    const { announced, isKilled } = killed(fileWith(begin), GROUPS, { at: steps.length + 1 });
    expect({ isKilled, announced: announced.length }).toEqual({ isKilled: false, announced: 4 });
  }, 240_000);

  test("may be killed within each of its writes", async () => {
    for (const [index, name] of stepsOf(begin, GROUPS).entries()) {
      const [, length] = /^writeSync:(\d+)$/.exec(name) ?? [];
      if (length === undefined) continue;
      for (const cut of [1, Math.floor(Number(length) / 2), Number(length) - 1]) {
        const file = fileWith(begin);
        const { announced, isKilled } = killed(file, GROUPS, { at: index + 1, cut });
        expect(isKilled).toBe(true);
        await expectSound(file, announced, before);
      }
    }
  }, 240_000);
});

test("a ledger that ends anywhere in its last two lines opens right: what is whole counts, the rest is set aside", async () => {
  const bytes = Buffer.from(whole(4));
  const ends = sampleLines(4).map((_, n) => Buffer.byteLength(whole(n + 1)));
  const file = fileWith("");
  for (let size = ends[1]!; size <= bytes.length; size++) {
    writeFileSync(file, bytes.subarray(0, size));
    const entries = ends.filter((end) => end <= size).length;
    const torn = size - ends[entries - 1]!;
    const ledger = reopened(file);
    expect(await ledger.verify()).toMatchObject({ ok: true, entries });
    expect(ledger.torn()).toEqual(torn === 0 ? undefined : { bytes: torn, movedTo: undefined });
    expect(await ledger.append("build", buildBody())).toMatchObject({ seq: entries + 1 });
    expect(await ledger.verify()).toMatchObject({ ok: true, entries: entries + 1 });
    const aside = ledger.torn()?.movedTo;
    expect(aside !== undefined).toBe(torn > 0);
    if (aside === undefined) continue;
    expect(readFileSync(aside)).toEqual(bytes.subarray(size - torn, size));
    rmSync(aside);
  }
}, 60_000);

describe("two processes that append at once", () => {
  async function race(isLocked: boolean) {
    const file = fileWith("");
    const job = { file, groups: Array.from({ length: 10 }, (_, n) => 1 + (n % 3)), isLocked };
    const env = { ...process.env, SLOW_MS: "10" };
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, writer.argv(job), { env, stdio: ["ignore", "pipe", "pipe"] }),
    );
    const said = await Promise.all(
      children.map(async (child) => {
        const chunks: string[] = [];
        child.stdout.on("data", (chunk) => chunks.push(String(chunk)));
        child.stderr.resume();
        await once(child, "close");
        return chunks.join("").trim().split("\n");
      }),
    );
    return { verdict: await reopened(file).verify(), said };
  }

  test("take turns: every entry that one of them announced stands, on one chain", async () => {
    const { verdict, said } = await race(true);
    expect(verdict).toMatchObject({ ok: true, entries: 57 });
    expect(new Set(said.flat()).size).toBe(57);
  }, 60_000);

  test("without a lock break the chain (canary)", async () => {
    expect((await race(false)).verdict.ok).toBe(false);
  }, 60_000);
});
