import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { EvidenceBody, GateBody } from "../../src/core/record/kinds.ts";
import { factsFor, History, planOf, releaseOf, todayOf } from "./history.ts";

const plan = planOf();
const today = todayOf(plan);

describe("a gate that somebody wrote", () => {
  const forge = (phase: string, change: Partial<GateBody>, before: (history: History) => void = () => {}) => {
    const history = new History();
    before(history);
    history.close(phase, plan, change);
    const state = history.states(today).get(phase)!;
    return { told: `${state.verdict}: ${state.reason}`, gate: state.gate };
  };

  test("without any evidence", () => {
    const { told, gate } = forge("0", { evidence: [] });
    expect(told).toBe(
      "open: not accepted as closed: entry 1 closes it without evidence; 1 of 1 rules have no evidence",
    );
    expect(gate).toBeUndefined();
  });

  test("without evidence of a rule that has some", () => {
    expect(forge("0", { evidence: [] }, (history) => void history.collect("0", today)).told).toBe(
      "ready: not accepted as closed: entry 2 closes it without evidence of file; all is there: `lapstrake phase done 0`",
    );
  });

  test("on a hash that no entry has", () => {
    expect(forge("0", { evidence: [digestOf("nothing")] }).told).toContain(
      "entry 1 closes it on evidence that is not in the ledger before it, or did not hold",
    );
  });

  test("on evidence that did not hold", () => {
    expect(forge("0", {}, (history) => void history.collect("0", today, { isGood: false })).told).toContain(
      "entry 2 closes it on evidence that is not in the ledger before it, or did not hold",
    );
  });

  test("on evidence of another phase", () => {
    const history = new History();
    const other = history.collect("1", today);
    history.close("0", plan, { evidence: [other.hash] });
    expect(history.told(today)["0"]).toContain("on evidence that is not in the ledger before it");
  });

  test("without its documents", () => {
    const told = forge("0", { documents: [] }, (history) => void history.collect("0", today)).told;
    expect(told).toContain("not accepted as closed: entry 2 closes it without d/p_0.md");
  });

  test("before the phase that comes first: a phase is not skipped", () => {
    const history = new History();
    history.collect("1.1", today, { machine: "m1" });
    history.collect("1.1", today, { machine: "m2" });
    history.close("1.1", plan);
    expect(history.told(today)["1.1"]).toBe(
      "blocked: not accepted as closed: entry 3 closes it before phase 0 was closed; phase 0 is open",
    );
    // Nor does it count once the first is closed: it was no gate when it was written.
    history.collect("0", today);
    history.close("0", plan);
    expect(history.told(today)["1.1"]).toContain("entry 3 closes it before phase 0 was closed");
  });

  test("of another plan", () => {
    const history = new History();
    history.collect("0", today);
    history.close("0", plan, { plan: "another" });
    expect(history.states(today).get("0")).toMatchObject({ verdict: "ready", gate: undefined });
  });

  test("the gates of a plan count again only for the plan that they were about", () => {
    const history = new History();
    history.collect("0", today);
    history.close("0", plan);
    const renamed = { ...plan, id: "q" };
    expect(history.states(todayOf(renamed)).get("0")).toMatchObject({ verdict: "open", gate: undefined });
  });
});

describe("evidence that somebody wrote", () => {
  const judged = (change: Partial<EvidenceBody>, isGood = true) => {
    const history = new History();
    history.collect("0", today, { isGood, change });
    const [state] = history.states(today).get("0")!.rules;
    return `${state!.verdict}: ${state!.reason}`;
  };

  test("an outcome that its own raw facts do not give", () => {
    expect(judged({ outcome: "holds" }, false)).toBe(
      "unknown: entry 1 says that it holds, but its raw facts say fails: P.md is empty",
    );
  });

  test("raw facts that are not in the store, or whose bytes were changed", () => {
    expect(judged({ output: digestOf("elsewhere") })).toBe(
      `unknown: the raw facts ${digestOf("elsewhere")} of entry 1 are gone, or their bytes were changed`,
    );
  });

  test("raw facts of another rule", () => {
    const history = new History();
    const { body } = history.collect("1", today);
    history.collect("0", today, { change: { output: body.output } });
    expect(history.raw.get(body.output)).toEqual(factsFor("multi-stage"));
    expect(history.states(today).get("0")?.rules[0]).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("the raw facts cannot be read"),
    });
  });

  test("evidence of an older release", () => {
    const old = todayOf(plan, {
      release: releaseOf("R0", {
        images: releaseOf("R0").images.map((image) => ({ ...image, digest: digestOf("old") })),
      }),
    });
    const history = new History();
    history.collect("1.2", old);
    const [state] = history.states(today).get("1.2")!.rules;
    expect(state).toMatchObject({
      verdict: "stale",
      reason: expect.stringMatching(
        /^the image img is \w{12} now, was \w{12}; the image svc is \w{12} now, was \w{12}$/,
      ),
    });
  });

  test("evidence without its inputs, so that nothing could ever change", () => {
    expect(judged({ inputs: {} })).toBe("stale: P.md came new");
  });

  test("evidence of another plan, phase or machine is none", () => {
    expect(judged({ plan: "q" })).toMatch(/^missing/);
    expect(judged({ phase: "1" })).toMatch(/^missing/);
    expect(judged({ machine: "m1" })).toMatch(/^missing/);
  });

  test("a rule of a kind that this version cannot answer is not provable, whatever the ledger says", () => {
    const history = new History();
    history.collect("2", today, { change: { outcome: "holds" } });
    expect(history.states(today).get("2")?.rules[0]?.verdict).toBe("not-provable");
  });

  test("an image that was left out of the inputs", () => {
    const history = new History();
    const { body } = history.collect("1.2", today);
    const { "image:svc": _left, ...inputs } = body.inputs;
    history.collect("1.2", today, { change: { inputs } });
    expect(history.states(today).get("1.2")?.rules[0]).toMatchObject({
      verdict: "stale",
      reason: expect.stringContaining("the image svc came new"),
    });
  });
});

describe("machines in their order", () => {
  const verdicts = (history: History) =>
    history
      .states(today)
      .get("1.1")!
      .rules.map(({ machine, verdict }) => `${machine} ${verdict}`);

  test("evidence of the second that came before the first held does not count", () => {
    const history = new History();
    history.collect("1.1", today, { machine: "m2" });
    history.collect("1.1", today, { machine: "m1" });
    expect(verdicts(history)).toEqual(["m1 holds", "m2 missing"]);
    const [, second] = history.states(today).get("1.1")!.rules;
    expect(second?.reason).toBe("evidence of m2 came before that of m1 held: m1 comes first");
    history.collect("1.1", today, { machine: "m2" });
    expect(verdicts(history)).toEqual(["m1 holds", "m2 holds"]);
  });

  test("nor where the first did not hold, or held for another release", () => {
    const history = new History();
    history.collect("1.1", today, { machine: "m1", isGood: false });
    history.collect("1.1", today, { machine: "m2" });
    expect(verdicts(history)).toEqual(["m1 unknown", "m2 missing"]);
    const older = new History();
    const before = todayOf(plan, {
      release: releaseOf("R0", { images: [releaseOf("R0").images[0]!] }),
    });
    older.collect("1.1", before, { machine: "m1" });
    older.collect("1.1", today, { machine: "m2" });
    expect(verdicts(older)).toEqual(["m1 stale", "m2 missing"]);
  });

  test("the first may be collected again later", () => {
    const history = new History();
    history.collect("1.1", today, { machine: "m1" });
    history.collect("1.1", today, { machine: "m2" });
    history.collect("1.1", today, { machine: "m1" });
    expect(verdicts(history)).toEqual(["m1 holds", "m2 holds"]);
  });
});
