import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/base/json.ts";
import type { RuleCheck } from "../../src/core/blueprint/phase-plan.ts";
import { D1, D2, held, judged } from "./judged.ts";

describe("release-complete", () => {
  const check: RuleCheck = {
    kind: "release-complete",
    images: "images",
    allow: [{ images: ["gpu"], why: "phase 2 brings it" }],
  };
  const facts = (...images: Json[]): Json => ({ release: "R1", dirty: false, registry: "r.io", images });

  test.each<[string, Json, string]>([
    [
      "everything is there",
      facts(held("a"), held("b")),
      "holds: R1 holds 2 of 2 images, each in r.io now: a <one>, b <one>",
    ],
    [
      "left out by the plan's leave, with both reasons",
      facts(held("a"), held("gpu", { digest: null, present: "no", named: "left out: tier cpu" })),
      "holds: R1 holds 1 of 2 images, each in r.io now: a <one>; without gpu (left out: tier cpu; the plan allows it: phase 2 brings it)",
    ],
    [
      "left out without leave",
      facts(held("a", { digest: null, present: "no", named: "left out: tier cpu" })),
      "fails: a is not in the release: left out: tier cpu",
    ],
    [
      "not named, though the plan would allow it",
      facts(held("gpu", { digest: null, present: "no" })),
      "fails: gpu is neither in the release nor named as missing",
    ],
    [
      "its root cannot be had here",
      facts(
        held("a"),
        held("b", { digest: null, present: "no", named: "no root", unavailable: "python: no mirror" }),
      ),
      "holds: R1 holds 1 of 2 images, each in r.io now: a <one>; without b (cannot be had here: python: no mirror)",
    ],
    ["gone from the registry", facts(held("a", { present: "no" })), "fails: a <one> is gone from r.io"],
    [
      "the registry is silent",
      facts(held("a", { present: "unknown" }), held("b")),
      "unknown: r.io did not say whether it has a <one>",
    ],
    [
      "a failure is not hidden by what is unknown",
      facts(held("a", { present: "unknown" }), held("b", { present: "no" })),
      "fails: b <one> is gone from r.io; r.io did not say whether it has a <one>",
    ],
    [
      "of a dirty tree",
      { release: "R1", dirty: true, registry: "r.io", images: [held("a")] },
      "fails: R1 was made of a tree that no commit holds: nobody can build it again",
    ],
    ["about no image", facts(), "fails: the rule asks for no image that the blueprint declares"],
    [
      "nothing was released",
      { release: null, dirty: false, registry: "r.io", images: [held("a", { digest: null })] },
      "fails: nothing was released yet",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("plan-sound", () => {
  const check: RuleCheck = { kind: "plan-sound" };
  const finding = (level: string): Json => ({ rule: "phase-note", level, message: "no note", at: "p:1:2" });

  test.each<[string, Json, string]>([
    [
      "warnings do not fail it",
      { phases: 3, images: 4, findings: [finding("warning")] },
      "holds: the plan's 3 phases keep to its protocol, and blueprint, Dockerfiles and hierarchy of 4 images have no error (1 warnings)",
    ],
    [
      "errors do",
      { phases: 3, images: 4, findings: [finding("error")] },
      "fails: p:1:2: no note [phase-note]",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("tags-in-scheme", () => {
  const check: RuleCheck = { kind: "tags-in-scheme" };
  const facts = (found: string | null, ...findings: Json[]): Json => ({
    release: "R1",
    scheme: "{date}-{sha}",
    tags: [{ image: "a", digest: D1, found }],
    findings,
  });
  const warning = (rule: string): Json => ({ rule, level: "warning", message: "m" });

  test.each<[string, Json, string]>([
    [
      "all stand, and an old tag is gone",
      facts(D1, warning("tag-gone")),
      "holds: 1 images stand under R1, no tag of the fleet is outside {date}-{sha} or was moved (1 warnings)",
    ],
    ["one was moved", facts(D2), "fails: a:R1 stands on <two>, released was <one>"],
    ["one is gone", facts(null), "fails: a:R1 is gone"],
    ["one is outside the scheme", facts(D1, warning("tag-outside-scheme")), "fails: m [tag-outside-scheme]"],
    ["a GPU image does not say its CUDA", facts(D1, warning("gpu-suffix")), "fails: m [gpu-suffix]"],
    ["an error of any rule", facts(D1, { rule: "x", level: "error", message: "m" }), "fails: m [x]"],
    [
      "nothing was released",
      { release: null, scheme: "s", tags: [], findings: [] },
      "fails: nothing was released yet",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("previous-tags", () => {
  const check: RuleCheck = { kind: "previous-tags" };
  const facts = (...images: Json[]): Json => ({ release: "R2", tag: "R2-prev", images });

  test.each<[string, Json, string]>([
    [
      "each where it had a predecessor",
      facts(
        { name: "a", digest: D1, from: "R1", found: D1 },
        { name: "b", digest: null, from: null, found: null },
      ),
      "holds: the way back from R2 stands under R2-prev: a <one> of R1; nothing before it had b",
    ],
    [
      "one is missing",
      facts({ name: "a", digest: D1, from: "R1", found: null }),
      "fails: a:R2-prev belongs on <one>, but there is none",
    ],
    [
      "one stands elsewhere",
      facts({ name: "a", digest: D1, from: "R1", found: D2 }),
      "fails: a:R2-prev belongs on <one>, but it stands on <two>",
    ],
    [
      "one stands that nobody kept",
      facts({ name: "a", digest: null, from: null, found: D2 }),
      "fails: a:R2-prev belongs on nothing: no release held it before, but it stands on <two>",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("inventory-in-step", () => {
  const check: RuleCheck = { kind: "inventory-in-step" };
  const facts = (more: object = {}): Json => ({
    release: "R1",
    registry: "r.io",
    instead: null,
    engines: [{ name: "local", why: null }],
    silent: [],
    classes: { "in-step": 3, unavailable: 1 },
    drift: [],
    ...more,
  });

  test.each<[string, Json, string]>([
    [
      "in step",
      facts(),
      "holds: blueprint, r.io and engine local are in step for R1: 3 in-step, 1 unavailable",
    ],
    [
      "on another engine than the machine's, which is said",
      facts({ instead: "m has none" }),
      "holds: blueprint, r.io and engine local (m has none) are in step for R1: 3 in-step, 1 unavailable",
    ],
    [
      "drift",
      facts({ drift: [{ image: "a:R1", drift: "behind", why: "the registry lost it" }] }),
      "fails: a:R1 is behind: the registry lost it",
    ],
    [
      "a silent engine is unknown, never in step",
      facts({ engines: [{ name: "pc2", why: "refused" }] }),
      "unknown: pc2 did not answer: refused",
    ],
    [
      "so is a silent registry",
      facts({ silent: ["demo/a"] }),
      "unknown: the registry did not answer for demo/a",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("identities-changed-only", () => {
  const check: RuleCheck = { kind: "identities-changed-only", images: ["torch"], since: "1" };
  const image = (name: string, parents: string[], before: Json, now: Json): Json => ({
    name,
    parents,
    before,
    now,
  });
  const facts = (...images: Json[]): Json => ({ release: "R2", baseline: "R1", images });

  test.each<[string, Json, string]>([
    [
      "a named image and what derives from it",
      facts(image("base", [], D1, D1), image("torch", ["base"], D1, D2), image("llm", ["torch"], D1, D2)),
      "holds: from R1 to R2 only torch, llm changed; 1 others are the same",
    ],
    [
      "nothing",
      facts(image("torch", [], D1, D1)),
      "holds: from R1 to R2 no image changed; 0 others are the same",
    ],
    [
      "an image below",
      facts(image("base", [], D1, D2), image("torch", ["base"], D1, D2)),
      "fails: base changed since R1 (<one> to <two>), and it derives from none of torch",
    ],
    [
      "an image that the baseline had not",
      facts(image("web", [], null, D1)),
      "unknown: web is only in R2: it cannot be compared",
    ],
    [
      "a named image may come new",
      facts(image("torch", [], null, D1)),
      "holds: from R1 to R2 no image changed; 0 others are the same",
    ],
    [
      "the phase was never closed",
      { release: "R2", baseline: null, images: [] },
      "unknown: phase 1 is not closed on a release that is known here",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("multi-stage", () => {
  const check: RuleCheck = {
    kind: "multi-stage",
    images: "images",
    allow: [{ images: ["b", "c"], why: "nothing is built" }],
  };

  test.each<[string, Json, string]>([
    [
      "exceptions are named with their reason",
      {
        images: [
          { name: "a", stages: 2 },
          { name: "b", stages: 1 },
        ],
      },
      "holds: 1 of 2 build in a stage of its own; the plan allows one stage for b (nothing is built)",
    ],
    ["one stage", { images: [{ name: "d", stages: 1 }] }, "fails: d is built in the stage that it runs in"],
    ["no image", { images: [] }, "fails: the rule asks for no image that the blueprint declares"],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("size-budget", () => {
  const check: RuleCheck = { kind: "size-budget", images: "all" };
  const image = (bytes: number | null, budget: number | null): Json => ({
    name: "a",
    tier: "cpu",
    digest: D1,
    bytes,
    budget,
  });

  test.each<[string, Json, string]>([
    [
      "exactly the budget",
      { release: "R1", images: [image(100, 100)] },
      "holds: compressed, all 1 images are within the budget of their tier: a <one> 100 %",
    ],
    [
      "a byte more",
      { release: "R1", images: [image(101, 100)] },
      "fails: a <one> has 101 bytes compressed, its budget is 100",
    ],
    [
      "no manifest",
      { release: "R1", images: [image(null, 100)] },
      "unknown: the registry did not give the manifest of a <one>",
    ],
    [
      "no budget",
      { release: "R1", images: [image(5, null)] },
      "unknown: the blueprint has no compressed budget for tier cpu",
    ],
    ["no image", { release: "R1", images: [] }, "unknown: R1 holds none of the images"],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe.each(["locks-verified", "image-verified", "image-ran"] as const)("%s", (kind) => {
  const check: RuleCheck = { kind, images: "all" };
  const asked = [
    { image: "a", digest: D1 },
    { image: "b", digest: D2 },
  ];
  const verdict = (image: string, outcome: string): Json => ({
    image,
    rule: "image-user",
    outcome,
    reason: "r",
  });

  test.each<[string, Json, string]>([
    [
      "every image has its verdict",
      { release: "R1", asked, verdicts: [verdict("a", "holds"), verdict("b", "holds")] },
      "holds: image-user hold for a <one>, b <two>",
    ],
    [
      "silence about one is unknown",
      { release: "R1", asked, verdicts: [verdict("a", "holds")] },
      "unknown: b: nothing was found out",
    ],
    [
      "one failure",
      { release: "R1", asked, verdicts: [verdict("a", "fails"), verdict("b", "unknown")] },
      "fails: a: r [image-user]; b: r [image-user]",
    ],
    ["no image", { release: "R1", asked: [], verdicts: [] }, "unknown: R1 holds none of the images"],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});
