import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { closingOrder, earlierPhases, nextPhase } from "../../src/core/phases/order.ts";
import { History, NOON, PLAN, planOf, releaseOf, todayOf } from "./history.ts";

const plan = planOf();
const today = todayOf(plan);

/** All of phases 0, 1 and its parts as an honest run leaves it. */
function closed(): History {
  const history = new History();
  history.collect("0", today);
  history.close("0", plan);
  history.collect("1.1", today, { machine: "m1" });
  history.collect("1.1", today, { machine: "m2" });
  history.close("1.1", plan);
  history.collect("1.2", today);
  history.close("1.2", plan);
  history.collect("1", today);
  history.close("1", plan);
  return history;
}

const rule = (history: History, phase: string, at = today) =>
  history
    .states(at)
    .get(phase)!
    .rules.map(({ verdict, reason }) => `${verdict}: ${reason}`);

describe("order", () => {
  test("parts are closed before their whole, which the next phase waits for", () => {
    expect(closingOrder(plan).map(({ id }) => id)).toEqual(["0", "1.1", "1.2", "1", "2"]);
    const ids = (id: string) =>
      earlierPhases(plan, plan.phases.find((phase) => phase.id === id)!).map((each) => each.id);
    expect(ids("2")).toEqual(["0", "1.1", "1.2", "1"]);
    expect(ids("1.2")).toEqual(["0", "1.1"]);
    expect(ids("0")).toEqual([]);
  });

  test("a gate prepares what comes next beside it", () => {
    const next = plan.phases.map((phase) => [phase.id, nextPhase(plan, phase)?.id]);
    expect(next).toEqual([
      ["0", "1"],
      ["1", "2"],
      ["1.1", "1.2"],
      ["1.2", undefined],
      ["2", undefined],
    ]);
  });
});

describe("the states of phases", () => {
  test("nothing was done: one is open, the rest is blocked", () => {
    expect(new History().told(today)).toEqual({
      0: "open: 1 of 1 rules have no evidence; there is no d/p_0.md; there is no d/p_1_pre.md",
      1: "blocked: phase 0 is open, and 2 more that it requires",
      1.1: "blocked: phase 0 is open",
      1.2: "blocked: phase 1.1 is blocked",
      2: "blocked: phase 1 is blocked",
    });
  });

  test("evidence and documents make it ready; only a gate makes it done", () => {
    const history = new History();
    history.collect("0", today);
    expect(history.told(today)["0"]).toBe("open: there is no d/p_0.md; there is no d/p_1_pre.md");
    history.write("0", plan);
    expect(history.told(today)["0"]).toBe("ready: all is there: `lapstrake phase done 0`");
    const { seq } = history.close("0", plan);
    expect(history.told(today)["0"]).toBe(`done: closed at 2026-03-04T11:59:59.000Z (entry ${seq})`);
  });

  test("all that can be proven is done, and the last phase says what is missing", () => {
    const history = closed();
    expect(Object.entries(history.told(today)).map(([id, told]) => [id, told.split(":")[0]])).toEqual([
      ["0", "done"],
      ["1", "done"],
      ["2", "open"],
      ["1.1", "done"],
      ["1.2", "done"],
    ]);
    expect(history.told(today)["2"]).toBe("open: 1 of 1 rules are not yet provable; there is no d/p_2.md");
    expect(history.states(today).get("2")?.rules[0]).toMatchObject({
      verdict: "not-provable",
      reason: "not yet provable: `lapstrake audit` is not in this version",
      command: "lapstrake audit",
    });
  });

  test("a reopened phase is open with its reason, and what stands on it is stale", () => {
    const history = closed();
    history.append("gate", {
      plan: "p",
      phase: "0",
      state: "reopened",
      why: "the protocol changed",
      planDigest: digestOf("x"),
      documents: [],
      evidence: [],
    });
    expect(history.told(today)["0"]).toBe(
      "ready: reopened: the protocol changed; all is there: `lapstrake phase done 0`",
    );
    expect(history.told(today)["1.1"]).toBe("stale: phase 0 is ready; run `lapstrake phase next`");
    history.close("0", plan);
    expect(history.told(today)["1.1"]).toMatch(/^done/);
  });

  test("claims of an imported store are shown and count for nothing", () => {
    const history = new History();
    const { seq, hash, time } = history.append("claims", {
      plan: "p",
      file: "tasks_active.json",
      source: digestOf("store"),
      claims: [
        { phase: "0", done: true },
        { phase: "1", done: false },
      ],
    });
    const states = history.states(today);
    expect(states.get("0")).toMatchObject({
      verdict: "open",
      claim: { done: true, entry: { seq, hash, time } },
    });
    expect(states.get("1")).toMatchObject({ verdict: "blocked", claim: { done: false } });
    expect(states.get("2")).not.toHaveProperty("claim");
  });
});

describe("staleness", () => {
  test.each([
    [
      "a rebuilt image",
      todayOf(plan, {
        release: releaseOf("R2", {
          images: [{ ...releaseOf("R2").images[0]!, digest: digestOf("new") }, releaseOf("R2").images[1]!],
        }),
      }),
      "1.2",
      /^stale: the image img is [0-9a-f]{12} now, was [0-9a-f]{12}$/,
    ],
    [
      "an image that came new",
      todayOf(plan, {
        release: releaseOf("R2", { images: [...releaseOf("R2").images] }),
        images: today.images,
      }),
      "1.2",
      /^holds/,
    ],
    [
      "an image that is gone",
      todayOf(plan, { release: releaseOf("R2", { images: [releaseOf("R2").images[0]!] }) }),
      "1.2",
      /^stale: the image svc is no longer there$/,
    ],
    [
      "another budget",
      todayOf(plan, { budgets: { cpu: { compressed: 99 }, gpu: {} } }),
      "1.2",
      /^stale: the budgets were edited$/,
    ],
    [
      "a file that was edited",
      todayOf(plan, { files: new Map([["P.md", digestOf("other")]]) }),
      "0",
      /^stale: P.md is [0-9a-f]{12} now, was [0-9a-f]{12}$/,
    ],
    ["a file that is gone", todayOf(plan, { files: new Map() }), "0", /^stale: P.md is no longer there$/],
    [
      "another Dockerfile",
      todayOf(plan, { images: today.images.map((image) => ({ ...image, stages: 3 })) }),
      "1",
      /^stale: the stages of a Dockerfile changed$/,
    ],
    [
      "time",
      todayOf(plan, { now: NOON + 31 * 86_400_000 }),
      "1.1",
      /^stale: it expired at 2026-04-03T12:00:00.000Z$/,
    ],
  ])("%s", (_, at, phase, expected) => {
    const [first] = rule(closed(), phase, at);
    expect(first).toMatch(expected);
  });

  test("a release of the same digests changes nothing: tags are not compared", () => {
    const history = closed();
    expect(history.told(todayOf(plan, { release: releaseOf("R9") }))).toEqual(history.told(today));
  });

  test("a proven phase falls back, says what changed and what to run, and comes back by evidence alone", () => {
    const history = closed();
    const at = todayOf(plan, { images: today.images.map((image) => ({ ...image, stages: 3 })) });
    expect(history.told(at)["1"]).toBe(
      "stale: stages is stale (the stages of a Dockerfile changed); run `lapstrake phase collect 1`",
    );
    expect(history.told(at)["2"]).toBe("blocked: phase 1 is stale");
    history.collect("1", at);
    expect(history.told(at)["1"]).toMatch(/^done/);
  });

  test("evidence about a file that it named itself is stale where the file changes", () => {
    const history = new History();
    history.collect("1", today, {
      change: { inputs: { ...history.collect("1", today).body.inputs, "file:lock.txt": digestOf("lock") } },
    });
    const same = todayOf(plan, { files: new Map([["lock.txt", digestOf("lock")]]) });
    expect(rule(history, "1", same)[0]).toMatch(/^holds/);
    const other = todayOf(plan, { files: new Map([["lock.txt", digestOf("other")]]) });
    expect(rule(history, "1", other)[0]).toMatch(/^stale: lock.txt is/);
  });

  test("an edited rule", () => {
    const edited = planOf(
      PLAN.replace("kind: multi-stage, images: all", "kind: multi-stage, images: images"),
    );
    const history = closed();
    expect(rule(history, "1", todayOf(edited))[0]).toBe(
      "stale: the rule or the note that it is under was edited",
    );
    expect(history.told(todayOf(edited))["1"]).toContain("edited since its gate: rules");
  });

  test("an edited note makes all of its rules stale, and the parts' that are under it", () => {
    const edited = planOf(PLAN.replace("Build all, then look.", "Build all, then look twice."));
    for (const phase of ["1", "1.1", "1.2"]) {
      expect(rule(closed(), phase, todayOf(edited))[0]).toContain("the note that it is under was edited");
    }
    expect(rule(closed(), "0", todayOf(edited))[0]).toMatch(/^holds/);
  });

  test("an added deliverable makes the gate old, though every rule holds", () => {
    const edited = planOf(PLAN.replace("deliverables: [read]", "deliverables: [read, signed]"));
    const told = closed().told(todayOf(edited));
    expect(told["0"]).toBe("stale: edited since its gate: deliverables; run `lapstrake phase done 0`");
    // Another phase's part of the plan is nobody else's business; only that it is no longer done is.
    expect(told["1.1"]).toBe("stale: phase 0 is stale; run `lapstrake phase next`");
  });

  test("an edited document, and one that is gone", () => {
    const history = closed();
    history.digests.set("d/p_0.md", digestOf("edited"));
    expect(history.told(today)["0"]).toBe(
      "stale: d/p_0.md: was edited since the gate accepted it; run `lapstrake phase done 0`",
    );
    history.digests.delete("d/p_0.md");
    expect(history.told(today)["0"]).toContain("d/p_0.md: is gone since the gate");
  });

  test("a plan whose text is gone from the store cannot be compared, so it is not done", () => {
    const history = closed();
    history.plans.clear();
    expect(history.told(today)["0"]).toContain("is not in the store of evidence any more");
  });
});

describe("a rule that failed since", () => {
  test("takes the gate away: mending it is not enough, the documents must pass again", () => {
    const history = closed();
    const { seq } = history.collect("1", today, { isGood: false });
    history.collect("1", today);
    expect(rule(history, "1")[0]).toMatch(/^holds/);
    expect(history.told(today)["1"]).toBe(
      `stale: stages failed since (entry ${seq}): img is built in the stage that it runs in; mend it, collect, draft, then \`lapstrake phase done 1\``,
    );
    history.close("1", plan);
    expect(history.told(today)["1"]).toMatch(/^done/);
  });

  test("of a rule as it was written before does not", () => {
    const history = closed();
    history.collect("1", today, { isGood: false, change: { ruleDigest: digestOf("an older rule") } });
    history.collect("1", today);
    expect(history.told(today)["1"]).toMatch(/^done/);
  });

  test("and what is unknown does not: it is stale until it is known again", () => {
    const history = closed();
    history.collect("1.1", today, { machine: "m1", isGood: false });
    expect(rule(history, "1.1")[0]).toMatch(/^unknown: local did not answer: refused/);
    expect(history.told(today)["1.1"]).toMatch(/^stale: health on m1 is unknown/);
    history.collect("1.1", today, { machine: "m1" });
    expect(history.told(today)["1.1"]).toMatch(/^done/);
  });
});
