import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PipelineRun } from "../../src/core/pipeline/run.ts";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { engineStateFolder, requireEngine } from "../kit/engine.ts";
import { GatedFleet } from "../kit/gated-fleet.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { type Ended, runProgram, startProgram } from "../kit/program.ts";

const engine = await requireEngine();
/** The gated step is at work: plain progress names it. */
const GATE_OPEN_LINE = /gated: .*sh \/run\/secrets\/gate/;
const ROOT = resolve(import.meta.dirname, "../..");

/** By job: its state, and of a matrix the state of each image. */
function statesOf({ jobs }: PipelineRun): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    jobs.map(({ id, state, legs }) => {
      const images = legs.flatMap(({ name, state }) => (name === undefined ? [] : [[name, state] as const]));
      return [id, images.length === 0 ? state : Object.fromEntries(images)];
    }),
  );
}

function runOf({ out, err }: Ended): PipelineRun {
  if (out === "") throw new Error(err.slice(-3000));
  // The program's own answer, whose shape has a type.
  return JSON.parse(out) as PipelineRun;
}

describe.skipIf(engine === undefined)("the pipeline of the reference fleet, in a copy, CPU images", () => {
  const home = mkdtempSync(join(tmpdir(), "lapstrake-ci-"));
  const fleet = join(home, "fleet");
  const state = join(home, "state");
  const app = join(fleet, "service_registry/app.py");
  // Put together here, so that no scanner takes this file for a leak.
  const token = `ghp_${randomBytes(18).toString("hex")}`;
  const web = join(fleet, "docker/families/family-web/Dockerfile");
  const namespace = `ci-${randomBytes(4).toString("hex")}`;
  let commits = 0;
  const commit = (message: string): void => void commitFolder(home, message, 1_700_000_000 + 60 * commits++);
  const lapstrake = (...args: readonly string[]): Promise<Ended> =>
    runProgram(args, { cwd: fleet, env: { LAPSTRAKE_STATE: state } });
  const run = async (): Promise<PipelineRun> =>
    runOf(await lapstrake("ci", "run", "--tier", "cpu", "--json"));

  beforeAll(async () => {
    // As git has it: no lock, and nothing that a developer left there.
    execFileSync("sh", [
      "-c",
      'git -C "$0" ls-files -z fleet | tar -C "$0" --null -cf - -T - | tar -C "$1" -xf -',
      ROOT,
      home,
    ]);
    const blueprint = join(fleet, "lapstrake.yaml");
    const text = readFileSync(blueprint, "utf8");
    writeFileSync(blueprint, text.replace(/^registry: local\S*/m, `registry: local/${namespace}`));
    mkdirSync(state);
    copyFileSync(join(engineStateFolder(), "engine.json"), join(state, "engine.json"));
    writeFileSync(join(home, ".gitignore"), "/state\n");
    // An image that fails, in the fourth of five waves.
    appendFileSync(web, "RUN exit 7\n");
    commit("Copy the fleet, with an image that fails");
    const generated = await lapstrake("ci", "generate", "github");
    if (generated.code !== 0) throw new Error(generated.err);
    commit("Generate the workflows");
  }, 60_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("does the waves down to the failing image, finishes that wave, and calls off what needs it", async () => {
    const first = await run();
    expect(statesOf(first)).toMatchObject({
      plan: "done",
      "wave-1": { "base-python": "done" },
      "wave-2": { "base-utils": "done" },
      "wave-3": { "base-cpu-pydeps": "done" },
      "wave-4": {
        "family-web": "failed",
        "memory_fusion_hub-mainpc": "done",
        "memory_fusion_hub-pc2": "done",
      },
      "wave-5": "blocked",
      release: "blocked",
    });
    expect(first.exit).toBe(4);
    expect(first.jobs.find(({ id }) => id === "release")?.why).toContain("wave-4");
    const failed = first.jobs.flatMap(({ legs }) => legs).find(({ name }) => name === "family-web");
    const step = failed?.steps.find(({ state }) => state === "failed");
    expect(step?.argv).toEqual(["lapstrake", "build", "family-web", "--only", "--json"]);
    expect(step?.tail?.join("\n")).toContain("exit 7");
    // What it says of a digest is what the registry has: the next wave compared them.
    expect(readdirSync(join(first.folder, "digests"))).toContain("base-utils.json");
    const { out } = await lapstrake("status", "--json");
    expect(JSON.parse(out)).not.toHaveProperty("release");
  }, 900_000);

  it("does only what is left once the image is mended, and stops at the gates where another is denied", async () => {
    writeFileSync(web, readFileSync(web, "utf8").replace("RUN exit 7\n", ""));
    appendFileSync(app, `# ${token}\n`);
    commit("Mend the image, and leave a token in another");
    const denied = await run();
    expect(statesOf(denied)).toMatchObject({
      "wave-1": "not-needed",
      "wave-2": "not-needed",
      "wave-3": "not-needed",
      "wave-4": { "family-web": "done" },
      "wave-5": { service_registry: "done" },
      sboms: "done",
      gates: "failed",
      release: "blocked",
    });
    expect(denied.jobs.find(({ id }) => id === "wave-4")?.legs).toHaveLength(1);
    expect(denied.exit).toBe(1);
    expect(denied.jobs.find(({ id }) => id === "release")?.why).toBe("by gates");
    // The reports of a denial are kept: they say which image, and why.
    const report = JSON.parse(readFileSync(join(denied.folder, "gates.json"), "utf8")) as ScanReport;
    expect(report.images.filter(({ outcome }) => outcome === "denied").map(({ name }) => name)).toEqual([
      "service_registry",
    ]);
    for (const form of ["sarif", "md", "html"])
      expect(readFileSync(join(denied.folder, `gates.${form}`), "utf8")).not.toContain(token);
    const { out } = await lapstrake("status", "--json");
    expect(JSON.parse(out)).not.toHaveProperty("release");
  }, 900_000);

  it("releases the fleet once nothing is denied, by building the one image again", async () => {
    writeFileSync(app, readFileSync(app, "utf8").replace(`# ${token}\n`, ""));
    commit("Take the token out");
    const second = await run();
    expect(statesOf(second)).toMatchObject({
      "wave-4": "not-needed",
      "wave-5": { service_registry: "done" },
      gates: "done",
      release: "done",
    });
    expect(second.exit).toBe(0);
    const release = JSON.parse(readFileSync(join(second.folder, "release.json"), "utf8")) as {
      readonly state: string;
      readonly release: { readonly images: readonly { readonly name: string }[] };
    };
    expect(release.state).toBe("released");
    expect(readdirSync(join(second.folder, "sboms")).length).toBe(release.release.images.length);
    expect(readFileSync(join(second.folder, "ledger.jsonl"), "utf8")).toContain('"release"');
    // Over all runs each image was built once, and the one with the token again.
    const { out } = await lapstrake("ledger", "show", "--kind", "build", "--last", "1000", "--json");
    const { entries } = JSON.parse(out) as {
      entries: readonly { readonly body: { readonly image: string } }[];
    };
    const built = entries.map(({ body }) => body.image).toSorted();
    expect(built).toEqual([...new Set(built), "service_registry"].toSorted());
    expect(built).toEqual(expect.arrayContaining(["base-python", "family-web"]));
  }, 900_000);

  it("has nothing to do after that", async () => {
    const third = await run();
    const { plan, ...others } = statesOf(third);
    expect(plan).toBe("done");
    expect(new Set(Object.values(others))).toEqual(new Set(["not-needed"]));
    expect(third.exit).toBe(0);
  });

  it("stops before anything is built where a workflow is no longer the fleet's", async () => {
    const file = join(home, ".github/workflows/docker-build.yml");
    appendFileSync(file, "# edited\n");
    const stopped = await run();
    expect(stopped).toMatchObject({
      exit: 1,
      jobs: [{ id: "plan", state: "failed" }, { state: "blocked" }, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(stopped.jobs[0]?.legs[0]?.steps[0]).toMatchObject({ argv: ["lapstrake", "ci", "check"], exit: 1 });
  });
});

describe.skipIf(engine === undefined)("Ctrl-C in a pipeline", () => {
  const home = mkdtempSync(join(tmpdir(), "lapstrake-ci-stop-"));
  const state = join(home, "state");
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const newFleet = async (): Promise<GatedFleet> => {
    mkdirSync(state, { recursive: true });
    copyFileSync(join(engineStateFolder(), "engine.json"), join(state, "engine.json"));
    const namespace = `ci-stop-${randomBytes(4).toString("hex")}`;
    const fleet = new GatedFleet({ home: mkdtempSync(join(home, "fleet-")), state, namespace });
    appendFileSync(
      join(fleet.folder, "lapstrake.yaml"),
      "ci: { lapstrake: { kind: package }, registry: ghcr.io/example }\n",
    );
    expect(
      await runProgram(["ci", "generate", "github"], { cwd: fleet.folder, env: { LAPSTRAKE_STATE: state } }),
    ).toMatchObject({ code: 0 });
    commitFolder(fleet.folder, "Add pipelines", 1_700_000_060);
    return fleet;
  };
  const start = (fleet: GatedFleet) =>
    startProgram(["ci", "run", "wave-3", "--json", "--progress", "plain"], {
      cwd: fleet.folder,
      env: { LAPSTRAKE_STATE: state },
    });

  it("lets the running image end and starts no other; again goes on", async () => {
    const fleet = await newFleet();
    fleet.gate({ seconds: 4 });
    const running = start(fleet);
    await running.says(GATE_OPEN_LINE);
    process.kill(running.pid, "SIGINT");
    const ended = await running.ended;
    expect(ended.code, ended.err).toBe(130);
    expect(ended.err).toContain("Ctrl-C again ends them");
    const states = statesOf(runOf(ended));
    expect(states).toMatchObject({
      "wave-1": { base: "done" },
      "wave-2": { gated: "done" },
      "wave-3": "cancelled",
    });
    fleet.gate("pass");
    const again = await start(fleet).ended;
    expect(again.code, again.err).toBe(0);
    expect(statesOf(runOf(again))).toMatchObject({ "wave-1": "not-needed", "wave-3": { leaf: "done" } });
    expect(await fleet.builds()).toEqual({ base: 1, early: 1, gated: 1, leaf: 1 });
  });

  it("a second time ends what runs, at once, and leaves nothing behind", async () => {
    const fleet = await newFleet();
    fleet.gate("wait");
    const running = start(fleet);
    await running.says(GATE_OPEN_LINE);
    process.kill(running.pid, "SIGINT");
    await running.says("Ctrl-C again");
    const started = performance.now();
    process.kill(running.pid, "SIGINT");
    const ended = await running.ended;
    expect(ended.code, ended.err).toBe(130);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(statesOf(runOf(ended))).toMatchObject({ "wave-2": { gated: "cancelled" }, "wave-3": "cancelled" });
    expect(fleet.strays()).toEqual([]);
  });
});
