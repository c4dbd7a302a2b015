import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { GATE_OPEN, GatedFleet, type GatedFleetOptions } from "../kit/gated-fleet.ts";
import { type Ended, type Running, runProgram } from "../kit/program.ts";
import { readWholeTags } from "../kit/whole-tags.ts";
import { until } from "./engine-surroundings.ts";
import { privateEngine } from "./engine-under-test.ts";

// An engine of the test's own: its parts are killed. Where a private engine cannot be, requireEngine says so.
const shared = await requireEngine();
const canHavePrivate = shared?.kind === "private" && process.getuid?.() === 0;
if (shared !== undefined && !canHavePrivate)
  console.warn("SKIPPED release-faults: it kills parts of an engine, and no private one can be had here");

const IMAGES = ["base", "early", "gated", "leaf"];

describe.runIf(canHavePrivate)("a release that is interrupted", () => {
  const home = mkdtempSync(join(tmpdir(), "lapstrake-faults-"));
  const state = join(home, "state");
  const { engine, record, pids } = privateEngine(home, state);
  let count = 0;
  let fleet: GatedFleet;
  let namespace: string;

  /** A fleet that was never built anywhere. */
  const newFleet = (more: Partial<GatedFleetOptions> = {}): GatedFleet => {
    namespace = `faults-${++count}`;
    fleet = new GatedFleet({ home: mkdtempSync(join(home, "fleet-")), state, namespace, ...more });
    return fleet;
  };

  beforeAll(async () => {
    if ((await engine("up")).code !== 0) throw new Error("the private engine does not start");
  });
  afterEach(async () => {
    for (const pid of fleet.strays()) process.kill(pid, "SIGKILL");
    await until(() => fleet.strays().length === 0);
  });
  afterAll(async () => {
    await engine("down");
    rmSync(home, { recursive: true, force: true });
  });

  /** Every tag of the fleet can be read to its last byte. Gives the tags that are releases. */
  const tagsOf = async (images: readonly string[] = IMAGES): Promise<readonly string[]> => {
    const repositories = [...images, "releases"].map((name) => `${namespace}/${name}`);
    const { whole, broken } = await readWholeTags(record().registry, repositories);
    expect(broken).toEqual([]);
    return whole.filter((name) => /:\d{8}-/.test(name));
  };

  /** Starts a release and waits until its gated step runs, and `early` is done. */
  const startToGate = async (): Promise<Running> => {
    const run = fleet.start("release");
    await run.says(GATE_OPEN);
    await run.says(/"type":"image-built","image":"early"/);
    return run;
  };

  /** The rerun after an interruption: everything stands, and nothing that was finished was built again. */
  const finish = async (images: readonly string[] = IMAGES): Promise<Ended> => {
    fleet.gate("pass");
    const ended = await fleet.run("release");
    expect(ended, ended.err).toMatchObject({ code: 0, json: { state: "released" } });
    const tags = await tagsOf(images);
    expect(tags).toHaveLength(images.length + 1);
    expect(await fleet.builds()).toEqual(Object.fromEntries(images.map((name) => [name, 1])));
    expect(await fleet.run("release")).toMatchObject({ code: 0, json: { state: "unchanged" } });
    return ended;
  };

  it("by kill -9 of lapstrake in a build goes on where it was", async () => {
    newFleet().gate({ seconds: 3 });
    const run = await startToGate();
    process.kill(run.pid, "SIGKILL");
    expect(await run.ended).toMatchObject({ signal: "SIGKILL" });
    expect(await tagsOf()).toEqual([]);
    const { json } = (await finish()) as Ended & { json: { built: number } };
    expect(json.built).toBe(2);
  });

  it("by Ctrl-C lets running builds end, and starts nothing more", async () => {
    newFleet().gate({ seconds: 3 });
    const run = await startToGate();
    process.kill(run.pid, "SIGINT");
    const { code, out } = await run.ended;
    expect(code).toBe(130);
    expect(out).toMatch(/gated +built/);
    expect(out).toMatch(/leaf +cancelled/);
    expect(fleet.strays()).toEqual([]);
    expect(await tagsOf()).toEqual([]);
    await finish();
  });

  it("by a second Ctrl-C ends what runs, at once and without strays", async () => {
    newFleet().gate("wait");
    const run = await startToGate();
    process.kill(run.pid, "SIGINT");
    await run.says("Ctrl-C again");
    const started = performance.now();
    process.kill(run.pid, "SIGINT");
    const { code, out } = await run.ended;
    expect(code).toBe(130);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(out).toMatch(/gated +cancelled/);
    expect(fleet.strays()).toEqual([]);
    expect(await tagsOf()).toEqual([]);
    await finish();
  });

  it("by kill -9 of dockerd in a build says so, and goes on once the engine is up", async () => {
    newFleet().gate("wait");
    const { dockerd } = await pids();
    const run = await startToGate();
    process.kill(dockerd, "SIGKILL");
    const { code, out, err } = await run.ended;
    expect(code, err).toBe(4);
    expect(out).toContain("nothing was released");
    expect(err).toContain('"reason":"engine-lost"');
    expect(await tagsOf()).toEqual([]);
    expect((await engine("up")).code).toBe(0);
    await finish();
  });

  it("by kill -9 of the registry in a push leaves no tag on half an image", async () => {
    const images = [...IMAGES, "heavy"];
    newFleet({ heavyBytes: 96_000_000 });
    const { registry } = await pids();
    const run = fleet.start("release");
    await run.says(/"image":"heavy"[^\n]*pushing layers/);
    process.kill(registry, "SIGKILL");
    const { code, err } = await run.ended;
    expect([3, 4], err).toContain(code);
    expect(err).toContain('"type":"image-failed","image":"heavy"');
    expect((await engine("up")).code).toBe(0);
    expect(await tagsOf(images)).toEqual([]);
    await finish(images);
  });

  it("by kill -9 of the registry in the writing of a tag or a manifest is finished too", async () => {
    newFleet();
    expect(await fleet.run("release")).toMatchObject({ code: 0 });
    // What Distribution leaves where it dies between open and write: it was seen, but cannot be hit on purpose.
    process.kill((await pids()).registry, "SIGKILL");
    const root = join(state, "engine");
    const files = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => path.includes(`${namespace}/leaf/_manifests/`) && path.endsWith("/current/link"))
      .map((path) => join(root, path));
    expect(files.length).toBeGreaterThan(1);
    const [, hex = ""] = readFileSync(files[0] ?? "", "utf8").split(":");
    const manifest = (files[0] ?? "").replace(
      /repositories\/.*$/,
      `blobs/sha256/${hex.slice(0, 2)}/${hex}/data`,
    );
    for (const file of [...files, manifest]) truncateSync(file);
    expect((await engine("up")).code).toBe(0);
    expect(await fleet.run("release")).toMatchObject({ code: 0, json: { state: "released" } });
    expect(await tagsOf()).toHaveLength(5);
  });

  it("has another run wait, or says who holds the lock", async () => {
    newFleet().gate({ seconds: 3 });
    const run = await startToGate();
    const second = await fleet.run("release");
    expect(second).toMatchObject({ code: 3, json: { error: { code: "LOCK_HELD" } } });
    expect(second.err).toContain(String(run.pid));
    const third = await fleet.run("release", "--wait", "100");
    expect(third).toMatchObject({ code: 0, json: { state: "unchanged" } });
    expect((await run.ended).code).toBe(0);
    expect(await tagsOf()).toHaveLength(5);
  });

  it("and a fleet that another engine of the same version makes has the same digests", async () => {
    const here = await newFleet().run("release");
    const elsewhere = join(home, "elsewhere");
    mkdirSync(elsewhere);
    copyFileSync(join(engineStateFolder(), "engine.json"), join(elsewhere, "engine.json"));
    const there = await runProgram(["release", "--json"], {
      cwd: fleet.folder,
      env: { LAPSTRAKE_STATE: elsewhere },
    });
    expect([here.code, there.code], there.err).toEqual([0, 0]);
    const digests = digestsOf(here);
    expect(digestsOf(there)).toEqual(digests);
    // Each was built by its own engine, and they are real digests of four images.
    expect(JSON.parse(there.out)).toMatchObject({ built: 4 });
    expect(new Set(Object.values(digests)).size).toBe(4);
  });
});

function digestsOf({ out }: Ended): Readonly<Record<string, string>> {
  const { release } = JSON.parse(out) as { release: { images: { name: string; digest: string }[] } };
  return Object.fromEntries(release.images.map(({ name, digest }) => [name, digest]));
}
