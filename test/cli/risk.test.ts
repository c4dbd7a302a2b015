import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { pushImage } from "../kit/memory-image.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createScriptedRunner, type ScriptedStep } from "../kit/scripted-runner.ts";
import { createTestMachine, NOON, type TestMachine } from "../kit/world.ts";
import { edit } from "../tags/machine.ts";
import { call, json } from "./call.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const MACHINES = "machines:\n  here: { gpu: g }\n  there: { gpu: g, engine: ssh://me@pc2 }\n  cpu: {}\n";
const PLAN =
  'plan:\n  id: p\n  title: P\n  documents: { postreview: "{plan}{phase}a.md", preanalysis: "{plan}{phase}b.md" }\n  phases:\n    0: { title: T, note: N, constraints: { n: N }, rules: { s: { proves: [n], check: { kind: plan-sound } } } }\n';
const register = (watch: string, head = "") =>
  edit(
    machine.files,
    "build:",
    `${head}${PLAN}  risks:\n    R1: { risk: it breaks, likelihood: low, impact: high, mitigation: care, fallback: go back${watch === "" ? "" : `, watch: ${watch}`} }\nbuild:`,
  );
const PROC = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu\n";
const ask = (argv: readonly string[], steps: readonly ScriptedStep[] = []) =>
  call(machine, ["risk", ...argv], { world: { runner: createScriptedRunner(steps) } });

describe("risk", () => {
  it("shows each risk with its state, reason and way back, and counts them", async () => {
    register("");
    const { exit, out } = await ask([]);
    expect(exit).toBe(0);
    expect(out).toContain("R1  UNKNOWN  it breaks (likelihood low, impact high)\n");
    expect(out).toContain(
      "the register does not say what to look at (watch); its detector is `lapstrake risk R1`",
    );
    expect(out).toContain("    fallback: go back\n1 unknown\n");
  });

  it("says so where the register is empty", async () => {
    edit(machine.files, "build:", `${PLAN}build:`);
    expect(await ask([])).toMatchObject({ exit: 0, out: expect.stringContaining("no risks") });
  });

  it("is an error where there is no plan, whose register it is", async () => {
    expect(await ask([])).toMatchObject({ exit: 2, err: expect.stringContaining("NO_PLAN") });
  });

  it("gives a program the register and the states", async () => {
    register("{ kind: expiry, image: base, until: 2026-03-04 }");
    expect(await json(machine, ["risk", "R1"])).toMatchObject({
      version: 1,
      risks: [
        {
          id: "R1",
          detector: "lapstrake risk R1",
          fallback: "go back",
          state: "quiet",
          details: ["web", "cpu", "api"],
        },
      ],
    });
  });

  it("is raised, with exit 1, the day after an image has ended", async () => {
    register("{ kind: expiry, image: base, until: 2026-03-04 }");
    expect((await ask([])).exit).toBe(0);
    machine.now = NOON + 86_400_000;
    expect(await ask([])).toMatchObject({ exit: 1, out: expect.stringContaining("R1  RAISED") });
  });

  it.each([
    [["risk", "R2"], "RISK_UNKNOWN"],
    [["risk", "--machine", "her"], "MACHINE_UNKNOWN"],
  ])("refuses a name that nothing has: %j", async (argv, code) => {
    register("", MACHINES);
    const { exit, err } = await call(machine, argv);
    expect(exit).toBe(2);
    expect(err).toContain(`[${code}]`);
    expect(err).toContain("did you mean");
  });
});

describe("risk of an old driver", () => {
  beforeEach(() => register('{ kind: driver, floor: "535" }', MACHINES));
  const there = (reply: ScriptedStep["reply"], word: string): ScriptedStep => ({
    when: ({ argv }) => argv[0] === "ssh" && argv.includes(word),
    reply,
  });
  const here: ScriptedStep = { when: ["cat", "/proc/driver/nvidia/version"], reply: { stdout: PROC } };

  it("asks this machine by name and others over ssh, and no machine without a GPU", async () => {
    const runner = createScriptedRunner([here, there({ stdout: PROC.replace("535.129", "470.1") }, "cat")]);
    const { exit, out } = await call(machine, ["risk", "--machine", "here"], { world: { runner } });
    expect(exit).toBe(1);
    expect(out).toContain(
      "the driver of there is older than 535\n      here: driver 535.129.03\n      there: driver 470.1.03",
    );
    expect(runner.calls.map(({ argv }) => argv.at(-1))).toEqual(Array(2).fill("/proc/driver/nvidia/version"));
    expect(out).not.toContain("cpu");
  });

  it("asks nvidia-smi where the kernel tells nothing", async () => {
    const { out } = await ask(
      ["R1"],
      [
        there({ exitCode: 1, stderr: "cat: no such file\n" }, "cat"),
        there({ stdout: "550.54.15\n" }, "nvidia-smi"),
      ],
    );
    expect(out).toContain("there: driver 550.54.15");
    expect(out).toContain(
      "here: unknown, the blueprint names no engine for it; run `lapstrake risk --machine here`",
    );
    expect(out).toContain("R1  UNKNOWN");
  });

  it.each([
    [
      "has no driver",
      { exitCode: 1 },
      { exitCode: undefined, outcome: "not-found" as const },
      "neither /proc",
    ],
    [
      "cannot be reached",
      { exitCode: 255, stderr: "x\nssh: no route to host\n" },
      {},
      "ssh failed: ssh: no route to host",
    ],
    ["says nonsense", { stdout: "\u001b[2J" }, { stdout: "[N/A]\n" }, "neither /proc"],
  ])("is unknown on a machine that %s", async (_, cat, smi, why) => {
    const { exit, out } = await ask([], [there(cat, "cat"), there(smi, "nvidia-smi")]);
    expect(exit).toBe(0);
    expect(out).toContain(`there: unknown, ${why}`);
  });
});

describe("risk of full caches", () => {
  beforeEach(() => register("{ kind: cache-quota, limit: 1kB }"));
  const cache = (name: string, layers: readonly string[]) =>
    pushImage(
      machine.registry,
      { host: HOST, repository: `${NAMESPACE}/${name}`, tag: "build-cache" },
      { layers },
    );

  it("is quiet where there is none, and while they are small", async () => {
    expect((await ask([])).out).toContain("the registry holds no build cache of this fleet");
    await cache("web", ["small"]);
    expect(await ask([])).toMatchObject({ exit: 0, out: expect.stringContaining("R1  QUIET") });
  });

  it("is raised over the limit; what two caches share counts once", async () => {
    await cache("web", ["x".repeat(600)]);
    await cache("cpu", ["x".repeat(600)]);
    expect((await ask([])).exit).toBe(0);
    await cache("base", ["y".repeat(600)]);
    expect((await ask([])).exit).toBe(1);
  });

  it("counts the blobs that an index of BuildKit's lists", async () => {
    const blob = (digit: string) => ({
      mediaType: MediaType.ociLayerGzip,
      digest: digestOf(digit),
      size: 600,
    });
    const index = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [blob("1"), blob("2")] };
    const ref = { host: HOST, repository: `${NAMESPACE}/web`, tag: "build-cache" };
    await machine.registry.putManifest(ref, Buffer.from(JSON.stringify(index)), MediaType.ociIndex);
    expect((await ask([])).exit).toBe(1);
  });

  it("is unknown where the registry does not answer", async () => {
    machine.faults = {
      readManifest: () => Promise.reject(new RegistryError("REGISTRY_UNREACHABLE", "nobody answers")),
    };
    const { exit, out } = await ask([]);
    expect(exit).toBe(0);
    expect(out).toContain("R1  UNKNOWN");
    expect(out).toContain("unknown, nobody answers");
  });
});
