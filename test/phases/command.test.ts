import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { openLedger } from "../../src/edge/ledger/open-ledger.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { call, json } from "../cli/call.ts";
import type { TestMachine } from "../kit/world.ts";
import { createPlannedMachine } from "./planned-machine.ts";

let machine: TestMachine;

beforeEach(async () => {
  machine = await createPlannedMachine();
  await call(machine, ["release"]);
});

const phase = (...words: string[]) => call(machine, ["phase", ...words, "--progress", "none"]);

describe("lapstrake phase", () => {
  test("is the list, stable and without colour where it is piped", async () => {
    const { out, exit } = await phase();
    expect(exit).toBe(0);
    expect(out).toMatch(/^sample_plan: Sample\n0 of 4 phases done; release 20260304-\w{7}\n\n/);
    expect(out.split("\n").slice(3)).toEqual([
      "[ ] 0  Protocol  open     0/1  1 of 1 rules have no evidence; there is no docs/sample_plan_0_post.md; there is no docs/sample_plan_1_pre.md",
      "[-] 1  Base      blocked  0/5  phase 0 is open",
      "[-] 2  Refine    blocked  0/2  phase 1 is blocked",
      "[-] 3  Audit     blocked  0/1  phase 2 is blocked",
      "",
    ]);
    expect((await phase()).out).toBe(out);
    expect((await phase("list")).out).toBe(out);
    expect((await phase("sample_plan")).out).toBe(out);
    expect((await phase("list", "sample_plan")).out).toBe(out);
  });

  test("show K says note, rules, evidence, and what is missing with its command", async () => {
    await phase("collect", "0");
    const { out, exit } = await phase("show", "sample_plan", "0");
    expect(exit).toBe(0);
    expect(out).toContain("IMPORTANT NOTE\n  Do not skip phases.\n");
    expect(out).toContain('  order: "Do not skip"\n    proven by sound\n');
    expect(out).toMatch(
      / {2}\[x\] sound \(plan-sound\): holds\n.*\n {4}evidence: entry \d+, 2026-03-04T\S+, sha256:[0-9a-f]{64}\n {4}made of\n {6}blueprint sha256:/,
    );
    expect(out).toContain("[ ] postreview docs/sample_plan_0_post.md: not there");
    const last = (await phase("show", "3")).out;
    expect(last).toContain("[ ] audit (driver): not-provable");
    expect(last).toContain("missing command: lapstrake risk");
    // A plan alone is all of it.
    expect((await phase("show", "sample_plan")).out.match(/^Phase \d: /gm)).toHaveLength(4);
  });

  test("next is the first that is not done", async () => {
    expect((await phase("next")).out).toMatch(/^Phase 0: Protocol\n/);
    expect((await phase("next", "sample_plan")).out).toMatch(/^Phase 0: Protocol\n/);
  });

  test("collect exits 0 where all rules hold, 1 where one does not", async () => {
    const good = await phase("collect", "sample_plan", "0");
    expect(good).toMatchObject({ exit: 0 });
    expect(good.out).toMatch(/^0\/sound {2}holds {2}#\d+ {2}the plan's 4 phases keep to its protocol/);
    const bad = await phase("collect", "3");
    expect(bad.exit).toBe(1);
    expect(bad.out).toMatch(
      /^3\/audit {2}not-provable {2}- {2}not yet provable: `lapstrake risk` is not in this version\n/,
    );
    expect(bad.out).toMatch(
      /phase 3 on release 20260304-\w{7}: 0 of 1 rules hold; blocked: phase 2 is blocked\n$/,
    );
    // Without K it is the first phase that is not done.
    expect((await phase("collect")).out).toContain("phase 0 on release");
  });

  test("collect tells on stderr where it is", async () => {
    const { err } = await call(machine, ["phase", "collect", "1", "--progress", "plain"]);
    expect(err).toContain("phase 1: asking complete (1 of 5)");
    expect(err).toContain("phase 1: asking step on second (5 of 5)");
  });

  test("done says all that is missing and exits 1", async () => {
    const { out, exit } = await phase("done", "sample_plan", "1");
    expect(exit).toBe(1);
    expect(out).toContain("phase 1 is not done; 8 things are missing:\n");
    expect(out).toContain("  there is no docs/sample_plan_1_post.md\n    lapstrake phase draft 1\n");
  });

  test("draft writes both documents, and done refuses them until people wrote", async () => {
    await phase("collect", "0");
    const drafted = await phase("draft", "sample_plan", "0");
    expect(drafted.exit).toBe(0);
    expect(drafted.out).toContain("written docs/sample_plan_0_post.md\nwritten docs/sample_plan_1_pre.md\n");
    const { exit, out } = await phase("done", "0");
    expect(exit).toBe(1);
    expect(out).toMatch(/docs\/sample_plan_0_post\.md:\d+: the place "review" still has a placeholder/);
    expect((await phase("draft", "0")).out).toContain("unchanged docs/sample_plan_0_post.md\n");
  });

  test("draft is about the newest release, whoever made it, and says where it could not ask", async () => {
    await phase("collect", "1");
    machine.faults = {
      listTags: async () => {
        throw new RegistryError("REGISTRY_UNREACHABLE", "nobody answers");
      },
    };
    const offline = await call(machine, ["phase", "draft", "1", "--progress", "plain"]);
    expect(offline.exit).toBe(0);
    expect(offline.err).toContain("nobody answers; drafting on the newest release that is known here");
    expect(machine.files["docs/sample_plan_1_post.md"]).toContain("| complete | - | holds |");
    machine.faults = {};
    const other = await createPlannedMachine({ registry: machine.registry });
    other.now += 5000;
    other.commit("two");
    await call(other, ["release"]);
    await phase("draft", "1");
    expect(machine.files["docs/sample_plan_1_post.md"]).toContain("| complete | - | stale |");
  });

  test("a stub passes nowhere", async () => {
    await phase("collect", "0");
    machine.files["docs/sample_plan_0_post.md"] = "# Phase 0 Post-Review - sample_plan\n\nAll done, 100 %.\n";
    machine.files["docs/sample_plan_1_pre.md"] = "<outline actions>\n";
    const { exit, out } = await phase("done", "0");
    expect(exit).toBe(1);
    expect(out).toContain("docs/sample_plan_0_post.md:1: the document has 0 of its");
    expect(out).toContain("[stub]");
  });

  test("report is one page as Markdown, and as HTML", async () => {
    await phase("collect", "0");
    const { out, exit } = await phase("report");
    expect(exit).toBe(0);
    expect(out).toMatch(/^# /);
    expect(out).toContain("Protocol");
    const files = await phase("report", "sample_plan", "--output", "report.md", "--html", "report.html");
    expect(files.out).toBe("wrote report.md\nwrote report.html\n");
    expect(machine.files["report.md"]).toBe(out);
    expect(machine.files["report.html"]).toMatch(/^<!doctype html>/i);
    expect(await json(machine, ["phase", "report"])).toMatchObject({
      version: 1,
      plan: "sample_plan",
      written: [],
    });
  });

  test("reopen needs a reason", async () => {
    const { exit, err } = await phase("reopen", "0");
    expect(exit).toBe(2);
    expect(err).toContain("USAGE_FLAG");
    expect((await phase("reopen", "0", "--why", "it was wrong")).out).toBe("phase 0 was not closed\n");
  });

  test("import takes claims, which stay claims", async () => {
    machine.files["tasks_active.json"] = JSON.stringify([
      {
        id: "sample_plan",
        todos: [
          { text: "PHASE 0: protocol", done: true },
          { text: "PHASE 1: base", done: false },
        ],
      },
    ]);
    const { out, exit } = await phase("import", "tasks_active.json");
    expect(exit).toBe(0);
    expect(out).toBe(
      "tasks_active.json claims 1 of 2 phases of sample_plan done: 0\nclaims are shown beside the phases; none of them is proven\n",
    );
    const list = (await phase()).out.split("\n");
    expect(list[3]).toMatch(/^\[ \] 0 .*open .*\(claimed done in the imported store, not proven\)$/);
    expect(list[4]).not.toContain("claimed");
    expect((await phase("done", "0")).exit).toBe(1);
    expect((await phase("import", "sample_plan", "tasks_active.json")).exit).toBe(0);
  });

  test("import refuses a broken store with its place, and changes nothing", async () => {
    machine.files["tasks_active.json"] = "[\n  { 'id': 1 }\n]\n";
    const before = (await machine.state.ledger.read()).length;
    const { exit, err } = await phase("import", "tasks_active.json");
    expect(exit).toBe(2);
    expect(err).toContain("tasks_active.json:2:5: expected a member in quotes");
    expect(err).toContain("STORE_INVALID");
    expect(await machine.state.ledger.read()).toHaveLength(before);
    expect(machine.files["tasks_active.json"]).toBe("[\n  { 'id': 1 }\n]\n");
    expect((await phase("import", "nothing.json")).err).toContain("STORE_MISSING");
  });

  test.each([
    [["1"], "1 is a phase, not a verb", "lapstrake phase show 1"],
    [["shwo"], 'there is no verb "shwo"', "lapstrake phase show"],
    [["done"], "`lapstrake phase done` needs a phase", "lapstrake phase done 1"],
    [["done", "sample_plan"], "`lapstrake phase done` needs a phase", "lapstrake phase done 1"],
    [["next", "1"], "`lapstrake phase next` takes no phase", "lapstrake phase show 1"],
    [["list", "a", "b"], "expected [PLAN] [K] after list, found a b", "lapstrake phase --help"],
    [["import"], "`lapstrake phase import` takes [PLAN] FILE", "tasks_active.json"],
  ])("refuses %j", async (words, message, hint) => {
    const { exit, err } = await phase(...words);
    expect(exit).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  test("names what there is where a plan, a phase or a machine is not", async () => {
    expect((await phase("show", "sample_plam", "1")).err).toContain("did you mean sample_plan?");
    expect((await phase("show", "7")).err).toContain("it has 0, 1, 2, 3");
    expect((await phase("collect", "1", "--machine", "third")).err).toContain(
      "it has first, second, in this order",
    );
  });

  test("--json is one document with a version, for every verb", async () => {
    const list = await json(machine, ["phase"]);
    expect(list).toMatchObject({
      version: 1,
      plan: "sample_plan",
      release: expect.stringMatching(/^20260304-/),
      phases: [
        {
          id: "0",
          verdict: "open",
          requires: [],
          constraints: [{ id: "order", quote: "Do not skip" }],
          rules: [
            { id: "sound", machine: null, verdict: "missing", check: { kind: "plan-sound" }, evidence: null },
          ],
          documents: [{ kind: "postreview", digest: null }, { kind: "preanalysis" }],
          gate: null,
          claim: null,
        },
        { id: "1", verdict: "blocked" },
        { id: "2" },
        { id: "3" },
      ],
    });
    expect(JSON.stringify(list)).not.toContain('"at":');
    expect(await json(machine, ["phase", "collect", "0"])).toMatchObject({
      version: 1,
      phase: "0",
      exit: 0,
      results: [{ rule: "sound", outcome: "holds" }],
      state: { id: "0", verdict: "open" },
    });
    expect(await json(machine, ["phase", "show", "0"])).toMatchObject({ phases: [{ id: "0" }] });
    expect(await json(machine, ["phase", "next"])).toMatchObject({ phases: [{ id: "0" }] });
    expect(await json(machine, ["phase", "done", "0"])).toMatchObject({
      version: 1,
      outcome: "refused",
      exit: 1,
    });
    expect(await json(machine, ["phase", "reopen", "0", "--why", "x"])).toMatchObject({
      outcome: "was-open",
    });
  });

  test("a ledger that somebody wrote into is refused before anything is said", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lapstrake-phase-"));
    try {
      const file = join(folder, "ledger.jsonl");
      const ledger = openLedger(file, { clock: () => machine.now, exclusive: (work) => work() });
      const source = digestOf("store");
      const honest = await ledger.append("claims", { plan: "sample_plan", file: "f", source, claims: [] });
      Object.assign(machine.state, { ledger });
      expect((await phase()).exit).toBe(0);
      const forged = {
        ...honest,
        seq: 2,
        previous: honest.hash,
        kind: "gate",
        body: { phase: "0", state: "done" },
      };
      await appendFile(file, `${JSON.stringify(forged)}\n`);
      const { exit, err } = await phase();
      expect(exit).toBe(3);
      expect(err).toContain("LEDGER_BROKEN");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
