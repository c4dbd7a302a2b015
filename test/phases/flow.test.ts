import { beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { reopenPhase } from "../../src/flow/phases/reopen-phase.ts";
import { codeOf, released } from "../flow/run.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import {
  collect,
  createPlannedMachine,
  done,
  drive,
  PLAN,
  PORTS,
  told,
  view,
  write,
} from "./planned-machine.ts";

let machine: TestMachine;
let tag: string;

beforeEach(async () => {
  machine = await createPlannedMachine();
  tag = (await released(machine)).tag;
});

const evidence = async () =>
  (await machine.state.ledger.read()).filter(({ kind }) => kind === "evidence").map(({ body }) => body);

describe("collect", () => {
  test("records each rule with inputs, tool, argv, duration and its raw facts", async () => {
    const report = await collect(machine, "1");
    expect(report.results.map(({ rule, machine: on, outcome }) => [rule, on, outcome])).toEqual([
      ["complete", undefined, "holds"],
      ["tags", undefined, "holds"],
      ["locks", undefined, "holds"],
      ["step", "first", "holds"],
      ["step", "second", "holds"],
    ]);
    expect(report).toMatchObject({ exit: 0, release: tag, state: { verdict: "blocked" } });
    const [first, , locks] = await evidence();
    expect(first).toMatchObject({
      plan: "sample_plan",
      phase: "1",
      rule: "complete",
      machine: null,
      outcome: "holds",
      release: tag,
      tool: "1.2.3",
      argv: ["lapstrake", "phase", "collect", "1"],
      durationMs: 0,
      expires: null,
    });
    expect(Object.keys(first?.["inputs"] as object)).toEqual(["declared", "release"]);
    const raw = await machine.state.evidence.get(first?.["output"] as never);
    expect(JSON.parse(new TextDecoder().decode(raw))).toMatchObject({
      release: tag,
      registry: HOST,
      images: [{ name: "base", present: "yes" }, { name: "web" }, { name: "cpu" }, { name: "api" }],
    });
    // The collector named a file of the tree.
    expect(Object.keys(locks?.["inputs"] as object)).toEqual(["file:web/requirements.lock", "image:web"]);
  });

  test("without a release says so, and nothing is good", async () => {
    machine = await createPlannedMachine();
    const { results, exit } = await collect(machine, "1");
    expect(results.filter(({ outcome }) => outcome === "holds")).toEqual([]);
    expect(results[0]).toMatchObject({ outcome: "fails", reason: "nothing was released yet" });
    expect(exit).toBe(1);
  });

  test("a registry that refuses is recorded as unknown, and is asked again next time", async () => {
    machine.faults = {
      listTags: async () => {
        throw new RegistryError("REGISTRY_DENIED", "403");
      },
    };
    const refused = await collect(machine, "1").catch((error: unknown) => error);
    // Which release is the newest cannot be known then: no rule was asked about a wrong one.
    expect(refused).toMatchObject({ code: "REGISTRY_DENIED" });
    let calls = 0;
    machine.faults = {
      listTags: async (at) => {
        if (calls++ === 0) return machine.registry.listTags(at);
        throw new RegistryError("REGISTRY_DENIED", "403");
      },
    };
    const { results } = await collect(machine, "1");
    expect(results.find(({ rule }) => rule === "tags")).toMatchObject({
      outcome: "unknown",
      reason: "403 [REGISTRY_DENIED]",
    });
    machine.faults = {};
    expect((await collect(machine, "1")).exit).toBe(0);
  });

  test("an engine that is silent is unknown on the first machine, and the second waits for it", async () => {
    machine.engines.clear();
    const { results } = await collect(machine, "1");
    expect(results.slice(-2)).toMatchObject([
      { machine: "first", outcome: "unknown" },
      {
        machine: "second",
        outcome: "skipped",
        reason: "first comes first, and the rule does not hold there",
      },
    ]);
  });

  test("asks the machine's own engine where the blueprint names one", async () => {
    machine.files["lapstrake.yaml"] = (machine.files["lapstrake.yaml"] as string).replace(
      "first: {}",
      "first: { engine: ssh://me@first }",
    );
    expect((await collect(machine, "1")).results.at(-2)).toMatchObject({
      machine: "first",
      outcome: "unknown",
    });
    machine.engines.set("ssh://me@first", createMemoryEngine());
    const after = await collect(machine, "1");
    expect(after.results.at(-2)).toMatchObject({
      outcome: "holds",
      reason: expect.stringContaining("engine first are in step"),
    });
    expect(after.results.at(-1)?.reason).toContain("the blueprint names no engine for second");
  });

  test("needs no other run of the fleet", async () => {
    const lock = await machine.state.lock({ command: "lapstrake build" });
    expect(await codeOf(collect(machine, "0"))).toBe("LOCK_HELD");
    await lock.release();
    expect((await collect(machine, "0")).exit).toBe(0);
  });

  test("a release of another machine counts, and is known from the evidence on", async () => {
    const other = await createPlannedMachine({ registry: machine.registry });
    other.now += 5000;
    other.files["web/app/main.py"] = "changed\n";
    other.commit("two");
    const newer = (await released(other)).tag;
    const report = await collect(machine, "1");
    expect(report.release).toBe(newer);
    expect((await view(machine)).today.release?.tag).toBe(newer);
    expect((await view(machine)).today.release?.images.map(({ name }) => name)).toContain("web");
  });

  test("a fleet without a plan, and one whose file is not there", async () => {
    const plain = await createTestMachine();
    expect(await codeOf(collect(plain, "0"))).toBe("NO_PLAN");
    delete machine.files["plan.yaml"];
    expect(await codeOf(collect(machine, "0"))).toBe("NO_PLAN");
    machine.files["plan.yaml"] = PLAN.replace("Do not skip }", "Never skip }");
    expect(await codeOf(collect(machine, "0"))).toBe("PLAN_INVALID");
  });
});

describe("done", () => {
  test("drives phases one after the other, and the gate cites evidence and documents", async () => {
    await drive(machine, "0");
    await drive(machine, "1");
    const gates = (await machine.state.ledger.read()).filter(({ kind }) => kind === "gate");
    expect(gates.map(({ body }) => [body["phase"], body["state"]])).toEqual([
      ["0", "done"],
      ["1", "done"],
    ]);
    const { body } = gates[1]!;
    expect(body["documents"]).toEqual([
      {
        path: "docs/sample_plan_1_post.md",
        digest: digestOf("docs/sample_plan_1_post.md: what a person wrote\n"),
      },
      {
        path: "docs/sample_plan_2_pre.md",
        digest: digestOf("docs/sample_plan_2_pre.md: what a person wrote\n"),
      },
    ]);
    expect(body["evidence"]).toHaveLength(5);
    expect(await told(machine)).toMatchObject({
      0: expect.stringMatching(/^done/),
      1: expect.stringMatching(/^done/),
    });
  });

  test("says everything that is missing at once, each with its command, and writes nothing", async () => {
    const before = (await machine.state.ledger.read()).length;
    const report = await done(machine, "1");
    expect(report).toMatchObject({ outcome: "refused", exit: 1, gate: undefined });
    expect(report.missing.map(({ what, command }) => [what.split(":")[0], command])).toEqual([
      ["phase 0 comes before it and is open", "lapstrake phase show 0"],
      ["complete missing", "lapstrake phase collect 1"],
      ["tags missing", "lapstrake phase collect 1"],
      ["locks missing", "lapstrake phase collect 1"],
      ["step on first missing", "lapstrake phase collect 1"],
      ["step on second missing", "lapstrake phase collect 1"],
      ["there is no docs/sample_plan_1_post.md", "lapstrake phase draft 1"],
      ["there is no docs/sample_plan_2_pre.md", "lapstrake phase draft 1"],
    ]);
    const after = await machine.state.ledger.read();
    // Evidence of the earlier phase was collected; no gate was written.
    expect(after.slice(before).map(({ kind, body }) => [kind, body["phase"]])).toEqual([["evidence", "0"]]);
  });

  test("is refused without evidence, though all documents are there", async () => {
    await write(machine, "0");
    expect(await done(machine, "0")).toMatchObject({
      outcome: "refused",
      missing: [{ what: "sound missing: no evidence was collected" }],
    });
  });

  test("is refused with a document that does not pass, by its line and rule", async () => {
    await collect(machine, "0");
    await write(machine, "0", "TEMPLATE");
    const { missing } = await done(machine, "0");
    expect(missing[0]?.what).toBe(
      "docs/sample_plan_0_post.md:3: found a place that nobody filled in [document-placeholder]",
    );
    await write(machine, "0");
    expect(await done(machine, "0")).toMatchObject({ outcome: "done", signed: { state: "made" } });
  });

  test("is refused for a phase whose evidence no command of this version gives", async () => {
    machine.files["PROCEDURE.md"] = "how\n";
    for (const phase of ["0", "1", "2"]) await drive(machine, phase);
    await write(machine, "3");
    const report = await done(machine, "3");
    expect(report.missing).toEqual([
      {
        what: "audit not-provable: not yet provable: `lapstrake risk` is not in this version",
        command: "lapstrake risk",
      },
    ]);
  });

  test("twice writes one gate", async () => {
    await drive(machine, "0");
    const before = (await machine.state.ledger.read()).length;
    expect(await done(machine, "0")).toMatchObject({ outcome: "was-done", exit: 0 });
    expect(await machine.state.ledger.read()).toHaveLength(before);
  });

  test("skipping a phase is refused, and a skipped phase cannot be made up for by documents", async () => {
    await collect(machine, "1");
    await write(machine, "1");
    expect(await done(machine, "1")).toMatchObject({
      outcome: "refused",
      missing: [{ what: expect.stringMatching(/^phase 0 comes before it and is open/) }],
    });
  });
});

describe("a later release", () => {
  beforeEach(async () => {
    machine.files["PROCEDURE.md"] = "how\n";
    for (const phase of ["0", "1"]) await drive(machine, phase);
  });

  async function rebuild(path: string): Promise<string> {
    machine.files[path] = "changed\n";
    machine.commit(path);
    machine.now += 60_000;
    return (await released(machine)).tag;
  }

  test("makes what was proven stale, with what changed and what to run", async () => {
    await rebuild("cpu/lib.so");
    const states = await told(machine);
    expect(states["0"]).toMatch(/^done/);
    expect(states["1"]).toMatch(/^stale: complete is stale \(20260304-\w+ was released since/);
    expect(states["2"]).toBe("blocked: phase 1 is stale");
    // The image that locks are about was not rebuilt: its evidence still counts.
    const { phases } = await view(machine);
    const rules = phases[1]!.rules.map(({ rule, verdict }) => [rule.id, verdict]);
    expect(rules).toEqual([
      ["complete", "stale"],
      ["tags", "stale"],
      ["locks", "holds"],
      ["step", "stale"],
      ["step", "stale"],
    ]);
  });

  test("is collected for the earlier phases by `done` itself: they need no documents again", async () => {
    const next = await rebuild("cpu/lib.so");
    await collect(machine, "2");
    await write(machine, "2");
    const report = await done(machine, "2");
    expect(report).toMatchObject({ outcome: "done", release: next });
    expect(
      report.recollected.map(({ phase, rule, machine: on, outcome }) => [phase, rule, on, outcome]),
    ).toEqual([
      ["1", "complete", undefined, "holds"],
      ["1", "tags", undefined, "holds"],
      ["1", "step", "first", "holds"],
      ["1", "step", "second", "holds"],
    ]);
    const states = await told(machine);
    expect(["0", "1", "2"].map((id) => states[id]?.split(":")[0])).toEqual(["done", "done", "done"]);
  });

  test("that touched another image than it may is found", async () => {
    await rebuild("web/app/main.py");
    const { results } = await collect(machine, "2");
    expect(results[0]).toMatchObject({
      rule: "only",
      outcome: "fails",
      reason: expect.stringMatching(
        /^web changed since 20260304-\w+ \(\w{12} to \w{12}\), and it derives from none of cpu$/,
      ),
    });
  });

  test("on which an earlier rule fails takes that phase's gate away: it needs its documents again", async () => {
    await rebuild("cpu/lib.so");
    await collect(machine, "2");
    await write(machine, "2");
    // Somebody puts a tag of his own beside the fleet's.
    const at = { host: HOST, repository: `${NAMESPACE}/web` };
    const some = (await machine.registry.listTags(at)).find((each) => each.startsWith("2026"))!;
    const stored = await machine.registry.readManifest({ ...at, tag: some });
    await machine.registry.putManifest({ ...at, tag: "latest" }, stored!.bytes, stored!.descriptor.mediaType);
    const report = await done(machine, "2");
    expect(report).toMatchObject({ outcome: "refused", exit: 1 });
    expect(report.recollected.find(({ outcome }) => outcome === "fails")).toMatchObject({
      phase: "1",
      rule: "tags",
      reason: expect.stringContaining("outside the scheme: latest"),
    });
    expect(report.missing[0]?.what).toMatch(/^phase 1 comes before it and is stale: tags failed since/);
  });

  test("and the old evidence cannot be used for it", async () => {
    await rebuild("web/app/main.py");
    const { phases } = await view(machine);
    expect(phases[1]!.rules.find(({ rule }) => rule.id === "locks")).toMatchObject({
      verdict: "stale",
      reason: expect.stringMatching(/^the image web is \w{12} now, was \w{12}$/),
    });
  });
});

describe("what somebody changes behind the ledger's back", () => {
  beforeEach(async () => {
    await drive(machine, "0");
    await drive(machine, "1");
  });

  test("a rule that is edited after its evidence", async () => {
    machine.files["plan.yaml"] = PLAN.replace(
      "kind: release-complete, images: all",
      "kind: release-complete, images: [base]",
    );
    const states = await told(machine);
    expect(states["1"]).toContain("complete is stale (the rule or the note that it is under was edited");
    expect(states["0"]).toContain("sound is stale (the plan was edited");
  });

  test("a plan in which a phase may be skipped is not sound any more", async () => {
    machine.files["plan.yaml"] = PLAN.replace(
      "  2:\n    title: Refine\n",
      '  2:\n    title: Refine\n    requires: ["0"]\n',
    );
    expect((await collect(machine, "0")).results[0]).toMatchObject({
      outcome: "fails",
      reason:
        "plan.yaml:21:3: phase 2 could be done without 1 [phase-skippable]; plan.yaml:29:3: phase 3 could be done without 1 [phase-skippable]",
    });
  });

  test("a file that a collector read", async () => {
    machine.files["web/requirements.lock"] = "numpy==2\n";
    expect((await told(machine))["1"]).toMatch(
      /^stale: locks is stale \(web\/requirements.lock is \w{12} now, was/,
    );
  });

  test("a constraint that no rule proves, and the blueprint's own errors", async () => {
    machine.files["plan.yaml"] = PLAN.replace(
      "only: Touch nothing else }",
      "only: Touch nothing else, no: nothing }",
    );
    machine.files["web/Dockerfile"] = "FROM nowhere/at/all:1\n";
    const [result] = (await collect(machine, "0")).results;
    expect(result?.outcome).toBe("fails");
    expect(result?.reason).toContain("no rule of phase 2 proves no [constraint-unproven]");
    expect(result?.reason).toContain("web/Dockerfile:1:");
  });

  test("the bytes of the evidence", async () => {
    const first = (await evidence()).find(({ phase }) => phase === "1");
    const get = machine.state.evidence.get.bind(machine.state.evidence);
    Object.assign(machine.state.evidence, {
      get: async (digest: never) => (digest === first?.["output"] ? undefined : get(digest)),
    });
    expect((await told(machine))["1"]).toMatch(
      /^stale: complete is unknown \(the raw facts sha256:\w+ of entry \d+ are gone, or their bytes were changed\)/,
    );
  });

  test("a gate document after the gate", async () => {
    machine.files["docs/sample_plan_1_post.md"] = "nicer words\n";
    expect((await told(machine))["1"]).toBe(
      "stale: docs/sample_plan_1_post.md: was edited since the gate accepted it; run `lapstrake phase done 1`",
    );
    expect(await done(machine, "1")).toMatchObject({ outcome: "done" });
    expect((await told(machine))["1"]).toMatch(/^done/);
    machine.files["docs/sample_plan_1_post.md"] = "TEMPLATE\n";
    expect(await done(machine, "1")).toMatchObject({ outcome: "refused" });
  });

  test("an image that is gone from the registry is seen when it is asked again", async () => {
    machine.faults = {
      resolve: async (ref, options) =>
        ref.digest !== undefined && ref.repository.endsWith("/cpu")
          ? undefined
          : machine.registry.resolve(ref, options),
    };
    machine.files["PROCEDURE.md"] = "how\n";
    await collect(machine, "2");
    await write(machine, "2");
    const report = await done(machine, "2");
    expect(report.outcome).toBe("refused");
    expect(report.missing[0]?.what).toMatch(
      /^phase 1 comes before it and is stale: complete failed since .*cpu sha256:\w+ is gone from/,
    );
  });
});

describe("machines", () => {
  test("the second cannot come first, also where only it is asked", async () => {
    expect((await collect(machine, "1", "second")).results).toMatchObject([
      { rule: "step", machine: "second", outcome: "skipped" },
    ]);
    expect(await evidence()).toEqual([]);
    expect((await collect(machine, "1", "first")).results).toMatchObject([
      { machine: "first", outcome: "holds" },
    ]);
    expect((await collect(machine, "1", "second")).results).toMatchObject([
      { machine: "second", outcome: "holds" },
    ]);
    expect(await codeOf(collect(machine, "1", "third"))).toBe("MACHINE_UNKNOWN");
  });
});

describe("reopen", () => {
  const reopen = (phase: string) =>
    reopenPhase(
      machine.world(),
      { plan: undefined, phase, why: "it was wrong", wait: 0, command: "lapstrake phase reopen" },
      PORTS,
    );

  test("keeps the reason, and says what stands on it", async () => {
    await drive(machine, "0");
    await drive(machine, "1");
    expect(await reopen("0")).toEqual({
      plan: "sample_plan",
      phase: "0",
      outcome: "reopened",
      affected: ["1"],
      exit: 0,
    });
    expect(await told(machine)).toMatchObject({
      0: "ready: reopened: it was wrong; all is there: `lapstrake phase done 0`",
      1: "stale: phase 0 is ready; run `lapstrake phase next`",
    });
    expect((await machine.state.ledger.read()).at(-1)).toMatchObject({
      kind: "gate",
      body: { why: "it was wrong" },
    });
    expect(await done(machine, "0")).toMatchObject({ outcome: "done" });
    expect((await told(machine))["1"]).toMatch(/^done/);
  });

  test("of what is not closed changes nothing", async () => {
    expect(await reopen("0")).toMatchObject({ outcome: "was-open" });
    expect(await reopen("7").catch((error: unknown) => error)).toMatchObject({ code: "PHASE_UNKNOWN" });
  });
});
