import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { currentOwner, mayLive } from "../../src/edge/tree/lock-owner.ts";
import { lockTree } from "../../src/edge/tree/lock-tree.ts";
import type { LockHolder } from "../../src/edge/tree/port.ts";
import { compileProgram } from "../kit/compile-program.ts";
import { put, scratch } from "./scratch.ts";

let module: string;
const children: ChildProcess[] = [];

const compiled = mkdtempSync(join(tmpdir(), "lap-lock-"));

beforeAll(() => {
  module = compileProgram("src/edge/tree/lock-tree.ts", compiled);
}, 60_000);

afterAll(() => {
  rmSync(compiled, { recursive: true });
  for (const child of children) child.kill("SIGKILL");
});

/** A real second process that runs `body` with `lockTree` and `folder` at hand. */
function start(folder: string, body: string): ChildProcess {
  const script = `const { lockTree } = await import(${JSON.stringify(module)});
    const folder = ${JSON.stringify(folder)};
    ${body}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function startHolder(folder: string): Promise<ChildProcess> {
  const child = start(
    folder,
    `await lockTree(folder, { command: "holder" }); console.log("held"); setInterval(() => {}, 1000);`,
  );
  await once(child.stdout!, "data");
  return child;
}

describe("the lock", () => {
  test("is taken, kept from a second, given back and taken again", async () => {
    const folder = join(scratch(), "made/on/demand");
    const lock = await lockTree(folder, { command: "lapstrake build" });
    await expect(lockTree(folder, { command: "second" })).rejects.toMatchObject({
      code: "LOCK_HELD",
      exit: 3,
      details: { holder: { pid: process.pid, host: hostname(), command: "lapstrake build" } },
    });
    await lock.release();
    await (await lockTree(folder, { command: "third" })).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is waited for, and the one who waits is told once by whom it is held", async () => {
    const folder = scratch();
    const lock = await lockTree(folder, { command: "first" });
    const told: LockHolder[] = [];
    const second = lockTree(folder, {
      command: "second",
      wait: 10_000,
      onWait: (holder) => told.push(holder),
    });
    await sleep(500);
    await lock.release();
    await (await second).release();
    expect(told.map(({ command }) => command)).toEqual(["first"]);
  });

  test("is not waited for longer than told, nor past an abort", async () => {
    const folder = scratch();
    await lockTree(folder, { command: "first" });
    await expect(lockTree(folder, { command: "second", wait: 300 })).rejects.toMatchObject({
      code: "LOCK_HELD",
    });
    const signal = AbortSignal.timeout(300);
    await expect(lockTree(folder, { command: "third", wait: 60_000, signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("of another process holds while that lives, and not after its kill -9", async () => {
    const folder = scratch();
    const holder = await startHolder(folder);
    await expect(lockTree(folder, { command: "me" })).rejects.toMatchObject({
      details: { holder: { pid: holder.pid, command: "holder" } },
    });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    const lock = await lockTree(folder, { command: "me" });
    expect(lock.holder.pid).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(["lock"]);
    await lock.release();
  });

  test("is given back only by its taker", async () => {
    const folder = scratch();
    const old = await lockTree(folder, { command: "old" });
    writeFileSync(join(folder, "lock"), lockText({ token: "f".repeat(24) }));
    await old.release();
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("of a stale holder is broken by one of many, and never held by two", async () => {
    const folder = scratch();
    put(folder, { counter: "0" });
    // Each takes the lock, checks that it is alone, and leaves without giving it back: the next finds it stale.
    const body = `import("node:fs").then(async ({ readFileSync, writeFileSync, mkdirSync, rmdirSync }) => {
      for (let turn = 0; turn < 5; turn++) {
        const lock = await lockTree(folder, { command: "racer", wait: 60_000 });
        mkdirSync(folder + "/inside");
        const value = Number(readFileSync(folder + "/counter", "utf8"));
        await new Promise((resolve) => setTimeout(resolve, 5));
        writeFileSync(folder + "/counter", String(value + 1));
        rmdirSync(folder + "/inside");
        if (turn === 4) process.kill(process.pid, "SIGKILL");
        await lock.release();
      }
    });`;
    const racers = Array.from({ length: 6 }, () => start(folder, body));
    const endings = await Promise.all(racers.map((racer) => once(racer, "exit")));
    expect(endings.map(([, signal]) => signal)).toEqual(racers.map(() => "SIGKILL"));
    expect(readFileSync(join(folder, "counter"), "utf8")).toBe("30");
  }, 60_000);
});

describe("breaking a stale lock", () => {
  const stale = "a".repeat(24);
  const right = (turn: number): string => `lock.break-${stale}.${turn}`;

  test("is left to another who is about to do it", async () => {
    const folder = scratch();
    put(folder, { lock: lockText({ pid: 4_194_305, token: stale }), [right(1)]: lockText({}) });
    await expect(lockTree(folder, { command: "me" })).rejects.toMatchObject({ code: "LOCK_HELD" });
  });

  test("is taken over from one who was killed in the middle of it", async () => {
    const folder = scratch();
    const dead = lockText({ pid: 4_194_305 });
    put(folder, { lock: lockText({ pid: 4_194_305, token: stale }), [right(1)]: dead, [right(2)]: dead });
    await lockTree(folder, { command: "me" });
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("is not tried on a damaged file: a person must look", async () => {
    const folder = scratch();
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '{"pid":1}',
      lockText({ token: "../../x" }),
      lockText({ pid: -1 }),
    ]) {
      put(folder, { lock: text });
      await expect(lockTree(folder, { command: "me" })).rejects.toMatchObject({
        code: "LOCK_HELD",
        hint: expect.stringContaining(join(folder, "lock")),
      });
    }
  });

  test("needs a folder that can be written", async () => {
    const folder = scratch();
    put(folder, { file: "" });
    await expect(lockTree(join(folder, "file/below"), { command: "me" })).rejects.toMatchObject({
      code: "STATE_UNWRITABLE",
    });
    mkdirSync(join(folder, "lock"));
    await expect(lockTree(folder, { command: "me" })).rejects.toMatchObject({ code: "STATE_UNWRITABLE" });
  });
});

describe("whether a holder lives", () => {
  const me = currentOwner();

  test("this process does; an id that no process has does not", () => {
    expect(mayLive(me)).toBe(true);
    expect(mayLive({ ...me, pid: 4_194_305 })).toBe(false);
  });

  test("the same id with another start time is another process", () => {
    expect(me.started).toMatch(/^\d+$/);
    expect(mayLive({ ...me, started: "1" })).toBe(false);
  });

  test("the machine was started anew", () => {
    expect(mayLive({ ...me, boot: "another" })).toBe(false);
  });

  test("what cannot be known counts as living", () => {
    expect(mayLive({ ...me, pid: 4_194_305, host: "elsewhere", boot: "another" })).toBe(true);
    expect(mayLive({ ...me, pid: 4_194_305, namespace: "pid:[1]" })).toBe(true);
  });

  test("a zombie does not hold anything", async () => {
    // The shell has become a sleep, which does not wait for its child: that stays a zombie.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 30"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(parent);
    const [output] = await once(parent.stdout, "data");
    await sleep(500);
    const pid = Number(String(output));
    expect(readFileSync(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
    expect(mayLive({ ...me, pid, started: "12345" })).toBe(false);
    parent.kill("SIGKILL");
  });
});

function lockText(change: Readonly<Record<string, unknown>>): string {
  const rest = { command: "stale", since: "2026-01-01T00:00:00.000Z", token: "b".repeat(24) };
  return JSON.stringify({ ...currentOwner(), ...rest, ...change });
}
