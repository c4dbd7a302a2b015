import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { identityDocument } from "../../src/core/graph/identity.ts";
import { type History, makePlan, type PlanInputs } from "../../src/core/plan/plan.ts";
import { formatReason } from "../../src/core/plan/reason.ts";
import { type RootState, traceFleet } from "../../src/core/plan/trace.ts";
import { renderPlan } from "../../src/views/render/plan.ts";
import { INPUTS } from "./documents.ts";
import { madeOf, ROOT, subjectsOf } from "./subjects.ts";

/** A plan of the sample graph: these images stand, the others do not. */
function planOf(standing: readonly string[], more: Partial<PlanInputs> = {}, root: RootState = ROOT) {
  const subjects = more.subjects ?? subjectsOf();
  const contents = new Map<string, Digest | null>();
  const roots = new Map([["debian", root]]);
  let traces = traceFleet(subjects, { contents, roots });
  for (;;) {
    const open = [...traces].filter(([, trace]) => trace.state === "unasked");
    if (open.length === 0) break;
    for (const [name, trace] of open)
      if (trace.state === "unasked")
        contents.set(trace.contentName, standing.includes(name) ? madeOf(trace.contentName) : null);
    traces = traceFleet(subjects, { contents, roots });
  }
  return makePlan({
    fleet: "sample",
    registry: { host: "registry.example", namespace: "demo" },
    subjects,
    traces,
    history: new Map(),
    commits: new Map(),
    contextBytes: new Map([
      ["base", 1000],
      ["web", 20],
    ]),
    release: { state: "tag", tag: "T", previous: "T-prev", images: ["base", "web"] },
    ...more,
  });
}

const actions = (plan: ReturnType<typeof planOf>) =>
  Object.fromEntries(plan.images.map(({ name, action }) => [name, action]));
const reasons = (plan: ReturnType<typeof planOf>, name: string) =>
  plan.images.find((image) => image.name === name)?.reasons.map(formatReason);
const before = (args: string, parents: Readonly<Record<string, Digest>> = {}): History => ({
  document: identityDocument({ ...INPUTS, args: { VERSION: args }, parents }),
  durationMs: 61_000,
  bytes: undefined,
});

describe("the plan", () => {
  it("reads so, for a fleet that was never built", () => {
    expect(renderPlan(planOf([]))).toMatchInlineSnapshot(`
      "+ base     build                  1.0 kB    push in-e3808f49bf88
          no earlier build of it is known here
      ~   web    after its parents      20 B
            no earlier build of it is known here
            parent base will be built
      ~   cpu    after its parents
            no earlier build of it is known here
            parent base will be built
      ~     api  after its parents
              no earlier build of it is known here
              parent web will be built
              parent cpu will be built

      tags: a release puts T on 2 image(s) together, and T-prev on what they replace
      4 to build (3 of them after their parents), 0 stand in registry.example/demo; never built here, so no estimate; 1.0 kB of context
      "
    `);
  });

  it("says for each image whether it stands, is built, or waits", () => {
    expect(actions(planOf([]))).toEqual({ base: "build", web: "wait", cpu: "wait", api: "wait" });
    expect(actions(planOf(["base", "web"]))).toEqual({
      base: "reuse",
      web: "reuse",
      cpu: "build",
      api: "wait",
    });
    const whole = planOf(["base", "web", "cpu", "api"]);
    expect(whole.totals).toEqual({
      reuse: 4,
      build: 0,
      wait: 0,
      unavailable: 0,
      estimateMs: undefined,
      contextBytes: 0,
    });
  });

  it("shows what is unavailable, with the root and the reason, and builds none of it", () => {
    const plan = planOf([], {}, { unavailable: "no network" });
    expect(plan.totals).toMatchObject({ unavailable: 4, build: 0 });
    expect(plan.images[3]?.unavailable).toBe("debian: no network");
  });

  it("sums what is known of times and bytes over what may be built", () => {
    const history = new Map([
      ["base", before("1")],
      ["web", before("1")],
    ]);
    expect(planOf(["base"], { history }).totals).toMatchObject({ estimateMs: 61_000, contextBytes: 20 });
    expect(planOf([], { history }).totals).toMatchObject({ estimateMs: 122_000, contextBytes: 1020 });
  });

  it("is the same text for the same inputs, and another for others", () => {
    const text = (standing: readonly string[]) => JSON.stringify(planOf(standing));
    expect(text(["base"])).toBe(text(["base"]));
    expect(text(["base"])).not.toBe(text([]));
  });
});

describe("the reasons of a plan", () => {
  it("are none for what stands, and that nothing is known for what was never built", () => {
    const plan = planOf(["base"]);
    expect(reasons(plan, "base")).toEqual([]);
    expect(reasons(plan, "web")).toEqual(["no earlier build of it is known here"]);
    expect(reasons(plan, "api")).toEqual([
      "no earlier build of it is known here",
      "parent web will be built",
      "parent cpu will be built",
    ]);
  });

  it("say that the registry lost it where the identity is the old one", () => {
    const history = new Map([["base", before("1", { debian: ROOT.digest })]]);
    expect(reasons(planOf([], { history }), "base")).toEqual([
      "the registry does not hold it (same identity as last time)",
    ]);
  });

  it("name what moved, the parent's digest included", () => {
    const old = digestOf("old debian");
    const history = new Map([["base", before("0", { debian: old })]]);
    expect(reasons(planOf([], { history }), "base")).toEqual([
      `parent debian moved ${old.slice(7, 19)} -> ${ROOT.digest.slice(7, 19)}`,
      "argument VERSION: 0 -> 1",
    ]);
  });

  it("of an image that waits are its parents, and what is its own", () => {
    const history = new Map([["web", before("0", { base: digestOf("old base") })]]);
    expect(reasons(planOf([], { history }), "web")).toEqual([
      "parent base will be built",
      "argument VERSION: 0 -> 1",
    ]);
  });

  it("of an image that stands are told where its last release is asked about", () => {
    const history = new Map([["base", before("0", { debian: ROOT.digest })]]);
    expect(reasons(planOf(["base"], { history }), "base")).toEqual(["argument VERSION: 0 -> 1"]);
  });
});
