import { expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { DEFAULT_GATES, type GatePolicy } from "../../src/core/blueprint/gate-policy.ts";
import { isReleasable } from "../../src/core/policy/gates/block-descendants.ts";
import type { CanaryTrial } from "../../src/core/policy/gates/canaries.ts";
import { type ReportFacts, type ReportSubject, scanReport } from "../../src/core/policy/gates/scan-report.ts";
import { subject, verdict, verdicts } from "./subject.ts";

const ROOT = verdicts(
  verdict("image-user", { outcome: "fails", reasons: [{ id: "root-user", message: "it runs as root" }] }),
);

const ONLY_USER: GatePolicy = {
  ...DEFAULT_GATES,
  off: Object.fromEntries(
    (
      [
        "vulnerabilities",
        "secrets",
        "files",
        "init",
        "health",
        "labels",
        "budget",
        "reduction",
        "sbom",
        "base",
        "tags",
      ] as const
    ).map((gate) => [gate, "not now"]),
  ),
};

const ALIVE: readonly CanaryTrial[] = [
  { gate: "none", planted: "nothing", subject: subject() },
  { gate: "user", planted: "root", subject: subject({ verdicts: ROOT }) },
];

function image(
  name: string,
  ancestors: readonly string[],
  changes: Partial<ReportSubject> = {},
): ReportSubject {
  return {
    ...subject(),
    name,
    digest: digestOf(name),
    repository: `f/${name}`,
    tier: "cpu",
    ancestors,
    platform: "linux/amd64",
    ...changes,
  };
}

function report(changes: Partial<ReportFacts>) {
  return scanReport({
    fleet: "f",
    release: null,
    gates: ONLY_USER,
    waivers: [],
    asOf: "2026-03-10",
    pinned: false,
    subjects: [image("web", [])],
    unread: [],
    left: [],
    trials: ALIVE,
    ...changes,
  });
}

test("with living canaries a good image passes", () => {
  const { outcome, canaries } = report({});
  expect(outcome).toBe("passed");
  expect(canaries.map(({ planted, alive }) => [planted, alive])).toEqual([
    ["nothing", true],
    ["root", true],
  ]);
});

test.each<[string, readonly CanaryTrial[], string]>([
  [
    "stays green",
    [{ gate: "user", planted: "root", subject: subject() }],
    "its canary (root) came out passed",
  ],
  [
    "could not be tried",
    [{ gate: "user", planted: "root", subject: { why: "the disk is full" } }],
    "could not be tried: the disk is full",
  ],
  [
    "without a fault goes red",
    [{ gate: "none", planted: "nothing", subject: subject({ verdicts: ROOT }) }, ...ALIVE.slice(1)],
    "its canary (nothing) came out denied",
  ],
  ["is not there", [], "no canary was tried"],
])("a gate whose canary %s is an error for every image", (_, trials, reason) => {
  const { outcome, images } = report({ trials });
  expect(outcome).toBe("error");
  expect(images[0]?.verdicts[0]?.reason).toContain(reason);
});

test("a denied image takes its descendants with it, and nobody else", () => {
  const { images } = report({
    subjects: [
      image("base", []),
      image("web", ["base"], { verdicts: ROOT }),
      image("api", ["web", "base"]),
      image("cpu", ["base"]),
    ],
  });
  expect(images.map((each) => [each.name, each.outcome, each.blockedBy, isReleasable(each)])).toEqual([
    ["base", "passed", undefined, true],
    ["web", "denied", undefined, false],
    ["api", "passed", "web", false],
    ["cpu", "passed", undefined, true],
  ]);
});

test("an image that could not be read is not let through, nor what is built on it", () => {
  const unread = {
    name: "base",
    digest: digestOf("b"),
    repository: "f/base",
    tier: "cpu",
    ancestors: [],
  } as const;
  const { outcome, images } = report({
    subjects: [image("web", ["base"])],
    unread: [{ ...unread, state: "unknown", why: "the registry is away" }],
  });
  expect(outcome).toBe("unknown");
  expect(images.map(isReleasable)).toEqual([false, false]);
});

test("waivers for images that were not scanned are not called unused", () => {
  const waiver = {
    gate: "user",
    id: "root-user",
    why: "w",
    who: "o",
    from: "2026-03-01",
    until: "2026-03-20",
    at: { file: "waivers.yaml", line: 3, column: 9 },
  } as const;
  const waivers = ["web", "api", "*"].map((name) => ({ ...waiver, image: name }));
  const states = (changes: Partial<ReportFacts>) =>
    report({ waivers, ...changes }).waivers.map((use) => `${use.image} ${use.state}`);
  expect(states({})).toEqual(["web unused", "* unused"]);
  expect(states({ left: [{ name: "api", why: "not asked", asked: false }] })).toEqual(["web unused"]);
  expect(states({ subjects: [image("web", [], { verdicts: ROOT })] })).toEqual(["web used", "* used"]);
});

test("an image that was to be judged and was not leaves the whole unknown; one that nobody asked for does not", () => {
  const left = { name: "api", why: "the tree makes another one, which is not built" };
  expect(report({ left: [{ ...left, asked: true }] }).outcome).toBe("unknown");
  expect(report({ left: [{ ...left, asked: false }] }).outcome).toBe("passed");
  const denied = image("web", [], { verdicts: ROOT });
  expect(report({ left: [{ ...left, asked: true }], subjects: [denied] }).outcome).toBe("denied");
});

test("what is off is said with its reason", () => {
  expect(report({}).off).toContainEqual({ gate: "secrets", why: "not now" });
});
