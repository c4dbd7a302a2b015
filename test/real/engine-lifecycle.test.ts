import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, hostFootprint, listen, portOf, until } from "./engine-surroundings.ts";
import { privateEngine } from "./engine-under-test.ts";

// Only a private engine can be killed and emptied without harm, and only root on Debian or Ubuntu can have one.
const lacking = whatLacks();
const required = process.env["LAPSTRAKE_REQUIRE_ENGINE"] === "1";
if (lacking !== undefined && !required) console.warn(`SKIPPED engine-lifecycle: ${lacking}`);

/** Why no private engine can run here, or undefined. */
function whatLacks(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return /^ID="?(debian|ubuntu)"?$/m.test(release) ? undefined : "neither Debian nor Ubuntu";
}

describe.skipIf(lacking !== undefined && !required)("scripts/engine", () => {
  // A space in the path: each part's configuration must quote it.
  const home = mkdtempSync(join(tmpdir(), "lapstrake engine 0"));
  const state = join(home, "state");
  const run = join(state, "engine", "run");
  const { engine, record, pids, answers, startEndlessBuild, processes, stepPids, leftovers } = privateEngine(
    home,
    state,
  );
  const hostBefore = hostFootprint();

  beforeAll(() => {
    if (lacking !== undefined) throw new Error(`LAPSTRAKE_REQUIRE_ENGINE=1, but: ${lacking}`);
  });
  afterAll(async () => {
    await engine("down");
    rmSync(home, { recursive: true, force: true });
  });

  it("up makes an engine and a registry answer, and records them", async () => {
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    expect(record()).toMatchObject({
      version: 1,
      kind: "private",
      capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
    });
    for (const program of ["docker", "buildx", "mmdebstrap"] as const) {
      const [path] = record()[program];
      expect(existsSync(path ?? "")).toBe(true);
    }
  });

  it("up with nothing to do starts nothing and writes nothing", async () => {
    const before = await pids();
    const written = () => statSync(join(state, "engine.json"), { bigint: true }).ctimeNs;
    const record = written();
    expect((await engine("up")).code).toBe(0);
    expect(await pids()).toEqual(before);
    expect(written()).toBe(record);
  });

  it("after kill -9 of dockerd in a build, up ends the build's step and starts dockerd alone", async () => {
    const before = await pids();
    const build = startEndlessBuild();
    await until(() => stepPids().length > 0);
    process.kill(before.dockerd, "SIGKILL");
    await ended(build);
    expect((await engine("status")).code).toBe(3);
    expect((await engine("up")).code).toBe(0);
    const after = await pids();
    expect(after.dockerd).not.toBe(before.dockerd);
    expect(after.containerd).toBe(before.containerd);
    expect(after.registry).toBe(before.registry);
    expect(stepPids()).toEqual([]);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after kill -9 of containerd, up starts it and dockerd", async () => {
    process.kill((await pids()).containerd, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after kill -9 of the registry, up starts it on the same port", async () => {
    const before = record().registry;
    process.kill((await pids()).registry, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(record().registry).toBe(before);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("after the runtime folder was emptied under running parts, up mends it", async () => {
    for (const name of readdirSync(run)) if (/\.(pid|sock|ttrpc)$/.test(name)) rmSync(join(run, name));
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    expect(processes()).toHaveLength(3);
  });

  it("after everything was killed and the runtime folder emptied, as by a reboot, up works", async () => {
    for (const pid of Object.values(await pids())) process.kill(pid, "SIGKILL");
    await until(() => processes().length === 0);
    rmSync(run, { recursive: true });
    expect((await engine("up")).code).toBe(0);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
  });

  it("down leaves no process, bridge, rule, cgroup or mount", async () => {
    // The canary: while the engine is up, the same look finds each of them.
    const busy = await leftovers();
    expect(busy.processes).toHaveLength(3);
    expect(busy.bridges).toHaveLength(1);
    expect(busy.rules).toHaveLength(3);
    expect((await engine("down")).code).toBe(0);
    expect(await leftovers()).toEqual({ processes: [], bridges: [], rules: [], cgroups: [], mounts: [] });
    expect(existsSync(join(state, "engine.json"))).toBe(false);
    expect((await engine("down")).code).toBe(0);
  });

  it("two at once take turns, and a port that is taken gets another, which is kept", async () => {
    const taken = portOf(readFileSync(join(state, "engine", "etc", "port"), "utf8"));
    const squatter = await listen(taken);
    const both = await Promise.all([engine("up"), engine("up")]);
    expect(both.map((one) => one.code)).toEqual([0, 0]);
    expect(processes()).toHaveLength(3);
    const chosen = portOf(record().registry);
    expect(chosen).not.toBe(taken);
    expect(await answers()).toEqual({ docker: true, registry: 200 });
    await new Promise((done) => squatter.close(done));
    process.kill((await pids()).registry, "SIGKILL");
    expect((await engine("up")).code).toBe(0);
    expect(portOf(record().registry)).toBe(chosen);
  });

  it("purge deletes its data, and the host's Docker was never touched", async () => {
    expect((await engine("purge")).code).toBe(2);
    expect((await engine("purge", "--yes")).code).toBe(0);
    expect(existsSync(join(state, "engine"))).toBe(false);
    expect(hostFootprint()).toEqual(hostBefore);
  });
});
