import { beforeEach, describe, expect, it } from "vitest";
import { notBuilt } from "../../src/edge/builder/memory.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { commitNamed, HOST, NAMESPACE, SAMPLE_BLUEPRINT, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, gitAt, type TestMachine } from "../kit/world.ts";
import { call, json } from "./call.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const DIGEST = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
const TAG = `20260304-${commitNamed("one").slice(0, 7)}`;
const failWeb: NonNullable<TestMachine["build"]> = async (request, push) =>
  request.image === "web"
    ? {
        ...notBuilt("step-failed", "the command exited 1"),
        step: "[2/2] RUN make",
        dockerfileLine: { line: 3, text: "RUN make" },
        logTail: ["cc: not found", "make: *** [all] Error 1"],
      }
    : push();

describe("--json", () => {
  it("of release says state, exit and the whole release", async () => {
    expect(await json(machine, ["release"])).toEqual({
      version: 1,
      state: "released",
      exit: 0,
      built: 4,
      withoutSbom: [],
      release: {
        tag: TAG,
        sha: commitNamed("one"),
        dirty: false,
        partial: false,
        images: SAMPLE_IMAGES.map((name) => ({
          name,
          repository: `${NAMESPACE}/${name}`,
          identity: DIGEST,
          digest: DIGEST,
          kind: "built",
        })),
        unavailable: [],
        gates: [],
        artifact: DIGEST,
      },
    });
    expect(await json(machine, ["release"])).toMatchObject({ version: 1, state: "unchanged", exit: 0 });
  });

  it("of a release that stopped has the same shape of build as build", async () => {
    machine.build = failWeb;
    const stopped = await json(machine, ["release"]);
    expect(stopped).toMatchObject({ version: 1, state: "stopped", exit: 4, build: { version: 1, exit: 4 } });
    const images = [
      { name: "base", state: "reused", digest: DIGEST, identity: DIGEST, ms: 0 },
      { name: "web", state: "failed", failure: { reason: "step-failed", step: "[2/2] RUN make" } },
      { name: "cpu", state: "reused" },
      { name: "api", state: "blocked", by: "web" },
    ];
    expect(await json(machine, ["build"])).toMatchObject({ version: 1, exit: 4, images });
  });

  it("of plan is the plan's value", async () => {
    const plan = await json(machine, ["plan"]);
    expect(plan).toMatchObject({
      version: 1,
      fleet: "sample",
      registry: { host: HOST, namespace: NAMESPACE },
      totals: { build: 1, wait: 3, reuse: 0, unavailable: 0 },
    });
    expect(await json(machine, ["release", "--dry-run"])).toEqual(plan);
    expect(await json(machine, ["build", "--dry-run"])).toEqual(plan);
    expect(machine.takeBuilt()).toEqual([]);
  });

  it("of status, why, graph, check and ledger are each one document with a version", async () => {
    await call(machine, ["release"]);
    machine.files["web/app/main.py"] = "changed\n";
    machine.commit("two");
    expect(await json(machine, ["status"])).toMatchObject({
      version: 1,
      release: { tag: TAG },
      rows: [
        { name: "base", status: "released" },
        { name: "web", status: "stale" },
        { name: "cpu", status: "released" },
        { name: "api", status: "stale" },
      ],
    });
    expect(await json(machine, ["why", "api"])).toMatchObject({
      version: 1,
      image: { name: "api", action: "wait", reasons: [{ kind: "parent-pending", name: "web" }] },
      because: [
        {
          image: { name: "web", reasons: [{ kind: "file", change: "content", path: "app/main.py" }] },
          because: [],
        },
      ],
    });
    expect(await json(machine, ["check"])).toEqual({ version: 1, images: 4, findings: [], decided: [] });
    expect(await json(machine, ["graph"])).toMatchObject({ version: 1 });
    expect(await json(machine, ["ledger", "verify"])).toMatchObject({ version: 1, ok: true, entries: 5 });
    expect(await json(machine, ["ledger", "show", "--last", "1"])).toMatchObject({
      version: 1,
      entries: [{ kind: "release" }],
    });
  });

  it("of an error has its code, its exit, and every problem with its place", async () => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace("dockerfile: web/", "dockerfil: web/").replace(
      "fleet:",
      "flet:",
    );
    const { exit, out, err } = await call(machine, ["plan", "--json"]);
    expect(exit).toBe(2);
    const { error } = JSON.parse(out) as { error: { problems: { at: unknown; hint?: string }[] } };
    expect(error).toMatchObject({ exit: 2 });
    expect(error.problems.length).toBeGreaterThan(1);
    for (const { at } of error.problems)
      expect(at).toEqual({ file: "lapstrake.yaml", line: expect.any(Number), column: expect.any(Number) });
    expect(error.problems.some(({ hint }) => hint?.includes("dockerfile"))).toBe(true);
    expect(err).toMatch(/^lapstrake\.yaml:\d+:\d+: .* \[[A-Z_]+\]$/m);
  });
});

describe("what people read", () => {
  it("of a first release: each image by tag and digest, and what was done", async () => {
    const { exit, out } = await call(machine, ["release"]);
    expect(exit).toBe(0);
    for (const name of SAMPLE_IMAGES)
      expect(out).toMatch(new RegExp(`^${NAMESPACE}/${name}:${TAG} +sha256:[0-9a-f]{64}$`, "m"));
    expect(out).toContain(`released ${TAG}: 4 images, 4 built in this run\n`);
    expect((await call(machine, ["release"])).out).toContain(`nothing to do: ${TAG} is what this tree makes`);
  });

  it("of a failure: its last lines with the Dockerfile's line, once, on stderr", async () => {
    machine.build = failWeb;
    const { exit, out, err } = await call(machine, ["release"]);
    expect(exit).toBe(4);
    expect(err.match(/make: \*\*\* \[all\] Error 1/g)).toHaveLength(1);
    expect(err).toContain("RUN make");
    expect(out).toContain("nothing was released");
  });

  it("with --quiet is nothing on stderr but errors", async () => {
    expect((await call(machine, ["build", "--quiet"])).err).toBe("");
    expect((await call(machine, ["plan"])).err).toBe("");
    machine.build = failWeb;
    machine.files["web/app/main.py"] = "changed\n";
    expect((await call(machine, ["build", "-q"])).err).toContain("make: *** [all] Error 1");
  });

  it("with --progress=json is one event a line on stderr", async () => {
    const { err } = await call(machine, ["build", "--progress=json"]);
    const events = err
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events[0]?.type).toBe("run-started");
    expect(events.at(-1)?.type).toBe("run-finished");
    expect(events.filter(({ type }) => type === "image-built")).toHaveLength(4);
  });

  it("of why ends at the file", async () => {
    await call(machine, ["release"]);
    machine.files["base/etc/motd"] = "changed\n";
    const { out } = await call(machine, ["why", "api"]);
    expect(out).toContain("file etc/motd changed");
    expect(out.indexOf("api:")).toBeLessThan(out.indexOf("base:"));
  });

  it("on a terminal has the same answer on stdout", async () => {
    const plain = await call(machine, ["plan"]);
    expect((await call(machine, ["plan"], { terminal: true })).out).toBe(plain.out);
  });
});

describe("the exit code", () => {
  it.each<[string, readonly [number, string], (on: TestMachine) => void, readonly string[]]>([
    ["no blueprint", [2, "NO_BLUEPRINT"], (on) => void delete on.files["lapstrake.yaml"], ["plan"]],
    ["an unknown image", [2, "GRAPH_UNKNOWN_IMAGE"], () => {}, ["build", "wbe"]],
    ["no lock", [2, "LOCK_MISSING"], (on) => void delete on.files["lapstrake.lock"], ["plan"]],
    [
      "a broken lock",
      [2, "BLUEPRINT_MISSING"],
      (on) => void (on.files["lapstrake.lock"] = "roots: 1\n"),
      ["plan"],
    ],
    ["a dirty tree", [2, "DIRTY_TREE"], (on) => void (on.git = gitAt("one", ["x"])), ["release"]],
    ["a tag outside the scheme", [2, "TAG_INVALID"], (on) => void (on.env["TAG"] = "latest"), ["release"]],
    [
      "an unreachable registry",
      [3, "REGISTRY_UNREACHABLE"],
      (on) =>
        void (on.faults = {
          resolve: () => Promise.reject(new RegistryError("REGISTRY_UNREACHABLE", "gone")),
        }),
      ["plan"],
    ],
    ["a missing parent", [3, "PARENT_MISSING"], () => {}, ["build", "web", "--only"]],
    [
      "an unknown parent",
      [2, "unknown-parent"],
      (on) => void (on.files["web/Dockerfile"] = "FROM nothing\n"),
      ["plan"],
    ],
    [
      "a missing Dockerfile",
      [2, "dockerfile-missing"],
      (on) => void delete on.files["cpu/Dockerfile"],
      ["plan"],
    ],
    ["a missing source", [2, "missing-source"], (on) => void delete on.files["cpu/lib.so"], ["plan"]],
    ["a cycle", [2, "cycle"], (on) => void (on.files["base/Dockerfile"] = "FROM api\n"), ["plan"]],
  ])("of %s is %j", async (_name, [exit, code], prepare, argv) => {
    prepare(machine);
    const answer = await call(machine, argv);
    expect(answer.exit).toBe(exit);
    expect(answer.err).toContain(`[${code}]`);
    expect(machine.takeBuilt()).toEqual([]);
  });

  it("of check with an error is 1, and of a wrong parent it names file and line", async () => {
    machine.files["web/Dockerfile"] = "# a comment\nFROM bas\n";
    const { exit, out } = await call(machine, ["check"]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^web\/Dockerfile:2:\d+: error: .* \[unknown-parent\]$/m);
    expect(out).toContain("did you mean base?");
  });

  it("of a moved tag is 1", async () => {
    await call(machine, ["release"]);
    machine.files["web/app/main.py"] = "changed\n";
    const { exit, err } = await call(machine, ["release"]);
    expect(exit).toBe(1);
    expect(err).toContain("[TAG_MOVED]");
  });

  it("of a second run at once is 3, and says who holds the lock", async () => {
    const lock = await machine.state.lock({ command: "lapstrake build" });
    const { exit, err } = await call(machine, ["release"]);
    expect(exit).toBe(3);
    expect(err).toContain("lapstrake build");
    await lock.release();
  });

  it("of a cancelled run is 130", async () => {
    machine.build = async (_request, push) => {
      machine.drain.abort();
      return push();
    };
    expect((await call(machine, ["release"])).exit).toBe(130);
    machine.kill.abort();
    const { exit, out } = await call(machine, ["plan", "--json"]);
    expect(exit).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ version: 1, error: { exit: 130 } });
  });

  it.each([
    ["ENOSPC", "NO_SPACE", 3],
    ["EACCES", "SYSTEM", 3],
    // A path of ours that is not there is a mistake of ours.
    ["ENOENT", "BUG", 70],
  ])("of a system call that failed with %s: %s, exit %i", async (errno, code, exit) => {
    const failure = Object.assign(new Error(`${errno}: it failed, mkdtemp '/tmp/x'`), {
      code: errno,
      syscall: "mkdtemp",
    });
    const world = { builder: () => Promise.reject(failure) };
    const answer = await call(machine, ["build", "--json"], { world });
    expect(answer.exit).toBe(exit);
    expect(JSON.parse(answer.out)).toMatchObject({ error: { code, exit } });
    expect(answer.err).toContain(errno);
  });

  it("of a bug is 70, with what to report", async () => {
    const bug = { fleetState: () => Promise.reject(new TypeError("x is not a function")) };
    const { exit, out, err } = await call(machine, ["plan", "--json"], { world: bug });
    expect(exit).toBe(70);
    expect(err).toContain("bug in Lapstrake 1.2.3");
    expect(err).toContain("x is not a function");
    expect(JSON.parse(out)).toMatchObject({ error: { code: "BUG", exit: 70 } });
  });

  it("of a bug in one build is 70 too, and never a failed image", async () => {
    machine.build = async () => {
      throw new TypeError("x is not a function");
    };
    expect((await call(machine, ["build"])).exit).toBe(70);
  });

  it("with --debug a known error has its stack, without it none", async () => {
    expect((await call(machine, ["build", "wbe"])).err).not.toContain("    at ");
    expect((await call(machine, ["build", "wbe", "--debug"])).err).toContain("    at ");
  });
});

describe("build", () => {
  it("of an image builds what it needs, and nothing else", async () => {
    await call(machine, ["build", "cpu"]);
    expect(machine.takeBuilt()).toEqual(["base", "cpu"]);
    await call(machine, ["build", "web", "--only"]);
    expect(machine.takeBuilt()).toEqual(["web"]);
    await call(machine, ["build", "cpu", "--with-dependents"]);
    expect(machine.takeBuilt()).toEqual(["api"]);
    expect(await machine.state.ledger.last("release")).toBeUndefined();
  });

  it("keeps to -j and to the blueprint's parallelism", async () => {
    await call(machine, ["build", "-j1"]);
    expect(machine.builder.mostAtOnce).toBe(1);
    machine.files["base/etc/motd"] = "changed\n";
    await call(machine, ["build"]);
    expect(machine.builder.mostAtOnce).toBe(2);
  });
});
