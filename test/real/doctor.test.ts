import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { doctor } from "../../src/flow/doctor/doctor.ts";
import { pruneCommand } from "../../src/flow/doctor/prune-command.ts";
import { connectWorld } from "../../src/views/cli/wire.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";

const record = await requireEngine();
const scratch = mkdtempSync(join(tmpdir(), "lapstrake-doctor-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** id to status, as this machine is seen from an empty folder with that state folder. */
async function examine(state: string): Promise<{ found: ReadonlyMap<string, string>; exit: number }> {
  const world = connectWorld({
    cwd: scratch,
    env: { ...process.env, LAPSTRAKE_STATE: state, TAG: "", DATE: "", SHA: "", ORG: "", PLATFORM: "" },
    blueprintFile: undefined,
    version: "1.2.3",
    stamp: "test",
    drain: new AbortController().signal,
    kill: new AbortController().signal,
    onEvent: () => {},
  });
  const { checks, exit } = await doctor(world);
  return { found: new Map(checks.map(({ id, status }) => [id, status])), exit };
}

describe.runIf(record)("on a real engine", () => {
  // describe.runIf skips the tests where there is no engine; what they use is never reached then.
  const engine = record as EngineFile;

  it("everything about the engine and its registry is ok", async () => {
    const { found, exit } = await examine(engineStateFolder());
    const ids = ["engine", "image-store", "buildx", "call", "rawjson", "direct-push", "registry", "disk"];
    expect(ids.map((id) => [id, found.get(id)])).toEqual(ids.map((id) => [id, "ok"]));
    expect(exit).toBe(0);
  });

  it("an engine that is gone is a failure, and what needs it is unknown (canary)", async () => {
    const dead = { ...engine, dockerHost: "unix:///nonexistent/docker.sock" };
    writeFileSync(join(scratch, "engine.json"), JSON.stringify(dead));
    const { found, exit } = await examine(scratch);
    expect(["engine", "image-store", "direct-push"].map((id) => found.get(id))).toEqual([
      "failure",
      "unknown",
      "unknown",
    ]);
    expect(exit).toBe(3);
  });

  it("a registry that is gone fails the registry and the push to it, not the engine (canary)", async () => {
    writeFileSync(join(scratch, "engine.json"), JSON.stringify({ ...engine, registry: "127.0.0.1:1" }));
    const { found, exit } = await examine(scratch);
    expect(["engine", "registry", "direct-push"].map((id) => found.get(id))).toEqual([
      "ok",
      "failure",
      "failure",
    ]);
    expect(exit).toBe(3);
  });

  it("the command that is told for a full disk is one that the engine takes", async () => {
    const runner = createProcessRunner();
    // As told, but it only counts: a filter that nothing matches.
    const argv = ["sh", "-c", `${pruneCommand(engine)} --force --filter id=none`] as const;
    expect(await runner.run({ argv: [...argv] })).toMatchObject({ outcome: "ok" });
  });

  it("as a program: JSON of one shape, the exit code of the report", { timeout: 60_000 }, async () => {
    const bin = join(import.meta.dirname, "../../bin/lapstrake");
    const { code, stdout } = await new Promise<{ code: number; stdout: string }>((resolve) => {
      execFile(bin, ["doctor", "--json"], { cwd: scratch }, (error, stdout) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout }),
      );
    });
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({ version: 1, exit: code });
    expect(report).toHaveProperty("checks.0", expect.objectContaining({ id: "engine", status: "ok" }));
  });
});
