import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockTree } from "../../src/edge/tree/lock-tree.ts";
import { fleetState } from "../../src/edge/tree/state.ts";
import { generateFleet } from "../kit/generate-fleet.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { programPath, runProgram, startProgram } from "../kit/program.ts";

// The few things that only a real process can show: streams, signals, exit codes as the shell sees them.

const sh = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), "lapstrake-program-"));
const env = { LAPSTRAKE_STATE: join(home, "state") };
let registry: MemoryRegistryServer;
let folder: string;

beforeAll(async () => {
  registry = await startMemoryRegistry();
  folder = join(home, "fleet");
  generateFleet({ folder, name: "program", registry: `${registry.host}/demo`, images: 74 });
});
afterAll(async () => {
  await registry.close();
  rmSync(home, { recursive: true, force: true });
});

describe("the program", () => {
  it("says its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(await runProgram(["--version"])).toMatchObject({
      code: 0,
      out: `lapstrake ${version}\n`,
      err: "",
    });
  });

  it("exits 2 for an unknown command, with the answer's stream empty", async () => {
    const { code, out, err } = await runProgram(["buid"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("did you mean `lapstrake build`?");
  });

  it("exits 2 for a broken blueprint with file, line and column; -C finds it", async () => {
    const broken = join(home, "broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "lapstrake.yaml"), "version: 1\nfleet: x\nregistry: [\n");
    const { code, err } = await runProgram(["plan", "-C", broken], { env });
    expect(code).toBe(2);
    expect(err).toMatch(/^lapstrake\.yaml:\d+:\d+: /m);
  });

  it("plans 74 images without an engine, from a folder below the blueprint", async () => {
    const { code, out } = await runProgram(["plan", "--json"], { cwd: join(folder, "docker"), env });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ totals: { build: 2, wait: 72 } });
  });

  it("exits 3 where something must be built and no engine is there", async () => {
    const { code, err } = await runProgram(["build"], { cwd: folder, env });
    expect(code).toBe(3);
    expect(err).toContain("[NO_ENGINE]");
    expect(err).toContain("hint:");
  });

  it("does not mind a reader of stdout that goes away", async () => {
    const script = `"$0" "$1" plan --json -C "$2" 2>"$3" | head -c 20; echo " \${PIPESTATUS[0]}"`;
    const log = join(home, "stderr");
    const argv = ["-c", script, process.execPath, programPath(), folder, log];
    const { stdout } = await sh("bash", argv, { env: { ...process.env, ...env } });
    expect(stdout.trim()).toMatch(/ 0$/);
    expect(readFileSync(log, "utf8")).toBe("");
  });

  it("goes on where the reader of stderr goes away", async () => {
    // The talk has no reader from the start; the answer and its exit code must come all the same.
    const script = `("$0" "$1" plan no-such-image -C "$2"; echo "$?" >"$3") 2>&1 >/dev/null | true`;
    const code = join(home, "code");
    await sh("bash", ["-c", script, process.execPath, programPath(), folder, code], {
      env: { ...process.env, ...env },
    });
    expect(readFileSync(code, "utf8").trim()).toBe("2");
  });

  it("ended by SIGINT while it waits for another run exits 130 and names that run", async () => {
    const state = fleetState(env.LAPSTRAKE_STATE, "program", `${registry.host}/demo`);
    const lock = await lockTree(state, { command: "a test" });
    const run = startProgram(["release", "--wait", "60", "--progress=plain"], { cwd: folder, env });
    await run.says("a test");
    process.kill(run.pid, "SIGINT");
    expect((await run.ended).code).toBe(130);
    await lock.release();
  });

  it("leaves nothing in the work tree", async () => {
    const { stdout } = await sh("git", ["-C", folder, "status", "--porcelain", "--ignored"]);
    expect(stdout).toBe("");
  });
});
