import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { type Running, startProgram } from "../kit/program.ts";
import { engineJson, fakeBuildx, recording } from "./engine-record.ts";
import { blueprintOf, commitAll, type DiskFleet, diskFleet } from "./on-disk.ts";

let server: MemoryRegistryServer;
let fleet: DiskFleet;
let first: Running;

// The first run builds and does not come to an end by itself.
beforeEach(async () => {
  server = await startMemoryRegistry();
  fleet = diskFleet({
    "lapstrake.yaml": blueprintOf(["free"], `${server.host}/bad`),
    "free/Dockerfile": "FROM scratch\nENV A=b\n",
  });
  commitAll(fleet);
  fleet.writeState({
    "engine.json": engineJson(server.host, fakeBuildx("--mode=hang", recording("cancelterm"))),
  });
  first = start("build", "--progress", "plain");
  await first.says("free: building");
});
afterEach(async () => {
  // Not SIGKILL, after which the fake buildx would hang on.
  first.child.kill("SIGTERM");
  await first.ended;
  await server.close();
});

function start(...args: string[]): Running {
  return startProgram(args, { cwd: fleet.folder, env: { LAPSTRAKE_STATE: fleet.state } });
}

/** What a process started and would leave behind if it were killed. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

it.each(["build", "release"])(
  "a second %s says who holds the lock, and leaves the first alone",
  async (command) => {
    const second = await start(command).ended;
    expect({ code: second.code, out: second.out }).toEqual({ code: 3, out: "" });
    expect(second.err).toContain("[LOCK_HELD]");
    expect(second.err).toContain(`process ${first.pid} on `);
    expect(second.err).toContain("lapstrake build");
    expect(second.err).toMatch(/hint: .*wait/);
    expect(JSON.parse((await start(command, "--json").ended).out)).toMatchObject({
      error: { code: "LOCK_HELD", exit: 3 },
    });
    expect(first.child.exitCode).toBeNull();
  },
);

it.each(["plan", "status", "check", "ledger show"])("%s only reads, and does not wait", async (command) => {
  expect((await start(...command.split(" ")).ended).code).toBe(0);
});

it("--wait waits as long as it says, and tells for whom", async () => {
  const started = performance.now();
  const second = await start("build", "--wait", "1").ended;
  expect(performance.now() - started).toBeGreaterThan(1000);
  expect(second.code).toBe(3);
  expect(second.err).toContain(`process ${first.pid} on `);
  expect(second.err).toContain("[LOCK_HELD]");
});

it("a run that waits goes on when the first is killed: its lock holds nobody up", async () => {
  const second = start("build", "--wait", "60", "--progress", "plain");
  await second.says("waiting for another run");
  const children = childrenOf(first.pid);
  first.child.kill("SIGKILL");
  await second.says("free: building");
  for (const pid of children) process.kill(pid, "SIGKILL");
  expect(children).toHaveLength(1);
  // As a person would: the first Ctrl-C lets builds end, the second ends them.
  second.child.kill("SIGINT");
  await second.says("letting running builds end");
  second.child.kill("SIGINT");
  expect(await second.ended).toMatchObject({ code: 130, signal: null });
});

it("a run that waits can be cancelled", async () => {
  const second = start("release", "--wait", "60", "--progress", "plain");
  await second.says("waiting for another run");
  second.child.kill("SIGINT");
  const { code, err } = await second.ended;
  expect(code).toBe(130);
  expect(err).toContain("cancelled");
});
