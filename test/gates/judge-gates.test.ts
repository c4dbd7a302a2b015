import { describe, expect, test } from "vitest";
import type { MergedVulnerability } from "../../src/core/advisory/vulnerability.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { DEFAULT_GATES, GATES, type GatePolicy } from "../../src/core/blueprint/gate-policy.ts";
import type { Waiver } from "../../src/core/blueprint/waiver.ts";
import { Waivers } from "../../src/core/policy/gates/apply-waivers.ts";
import { type GateSubject, judgeGates } from "../../src/core/policy/gates/judge-gates.ts";
import { component, JINJA, OSV, subject, verdict, verdicts } from "./subject.ts";

const CVE: MergedVulnerability = {
  id: "CVE-2019-10906",
  aliases: ["GHSA-462w-v97r-4m45", "PYSEC-2019-217"],
  component: JINJA,
  severity: "high",
  severityFrom: "CVSS:3.0",
  fixed: ["2.10.1"],
  summary: "sandbox escape",
  sources: ["osv"],
};

const WAIVER: Waiver = {
  gate: "vulnerabilities",
  id: "CVE-2019-10906",
  image: "web",
  why: "templates are ours",
  who: "owners",
  from: "2026-03-01",
  until: "2026-03-31",
  at: { file: "waivers.yaml", line: 3, column: 9 },
};

interface Told {
  readonly policy?: GatePolicy;
  readonly waivers?: readonly Waiver[];
  readonly day?: string;
}

function judge(
  changes: Partial<GateSubject>,
  { policy = DEFAULT_GATES, waivers = [], day = "2026-03-10" }: Told = {},
) {
  return judgeGates(subject(changes), policy, new Waivers(waivers, day));
}

/** The gates that do not pass, with what they came to. */
function notPassed(changes: Partial<GateSubject>, told: Told = {}) {
  return judge(changes, told)
    .filter(({ outcome }) => outcome !== "passed")
    .map(({ gate, outcome, findings }) => `${gate} ${outcome}: ${findings.map(({ id }) => id).join(" ")}`);
}

function policyOf(vulnerabilities: Partial<GatePolicy["vulnerabilities"]>): GatePolicy {
  return { ...DEFAULT_GATES, vulnerabilities: { ...DEFAULT_GATES.vulnerabilities, ...vulnerabilities } };
}

test("nothing is wrong: every gate that is about the image passes, and says what it looked at", () => {
  const all = judge({});
  expect(all.map(({ gate }) => gate)).toEqual(GATES.filter((gate) => gate !== "reduction"));
  expect(all.every(({ outcome, reason }) => outcome === "passed" && reason !== "")).toBe(true);
});

const OTHER = digestOf("other");

test.each<[string, Partial<GateSubject>, string]>([
  ["a vulnerability", { vulnerabilities: [CVE] }, "vulnerabilities denied: CVE-2019-10906"],
  [
    "a secret",
    { verdicts: verdicts(verdict("image-secrets", { outcome: "fails", reasons: [{ message: "a key" }] })) },
    "secrets denied: image-secrets",
  ],
  [
    "a set-id file",
    {
      verdicts: verdicts(
        verdict("image-setuid", { outcome: "fails", reasons: [{ id: "set-id", message: "x", path: "x" }] }),
      ),
    },
    "files denied: set-id",
  ],
  [
    "root",
    {
      verdicts: verdicts(
        verdict("image-user", { outcome: "fails", reasons: [{ id: "root-user", message: "root" }] }),
      ),
    },
    "user denied: root-user",
  ],
  ["too many bytes as stored", { size: { compressed: 2001, unpacked: 1 } }, "budget denied: over-compressed"],
  ["too many bytes unpacked", { size: { compressed: 1, unpacked: 4001 } }, "budget denied: over-unpacked"],
  ["an SBOM that is not there", { attached: { state: "missing", why: "none" } }, "sbom denied: sbom-missing"],
  [
    "an SBOM that lacks something",
    { attached: { state: "attached", artifact: OTHER, lacks: ["pkg:deb/debian/tini"] } },
    "sbom denied: sbom-incomplete",
  ],
  [
    "an older base",
    {
      base: {
        kind: "image",
        name: "base",
        stands: OTHER,
        newest: { digest: digestOf("base"), of: "release 1" },
      },
    },
    "base denied: base-behind",
  ],
  [
    "a base of which nobody knows the newest",
    { base: { kind: "image", name: "base", stands: OTHER, newest: undefined } },
    "base unknown: base-unknown",
  ],
  [
    "a tag that moved",
    { tag: { repository: "f/web", tag: "20260310-abc", inScheme: true, stands: OTHER, released: true } },
    "tags denied: tag-moved",
  ],
  [
    "a tag that is gone",
    { tag: { repository: "f/web", tag: "20260310-abc", inScheme: true, stands: undefined, released: true } },
    "tags denied: tag-gone",
  ],
  [
    "a tag outside the scheme",
    { tag: { repository: "f/web", tag: "latest", inScheme: false, stands: undefined, released: false } },
    "tags denied: tag-outside-scheme",
  ],
  [
    "a median that is not small enough",
    { reduction: { state: "measured", own: 12, median: 31, wanted: 40, services: 3 } },
    "reduction denied: reduction",
  ],
  ["no baseline", { reduction: { state: "unknown", why: "no file" } }, "reduction unknown: no-baseline"],
  [
    "a rule that was not asked",
    { verdicts: verdicts().filter(({ rule }) => rule !== "image-world-writable") },
    "files unknown: image-world-writable",
  ],
  [
    "a rule that could not tell",
    { verdicts: verdicts(verdict("image-health", { outcome: "unknown", reasons: [{ message: "unread" }] })) },
    "health unknown: image-health",
  ],
])("%s stops its gate and no other", (_, changes, expected) => {
  expect(notPassed(changes)).toEqual([expected]);
});

test("a service above the median is not denied for the others", () => {
  expect(
    notPassed({ reduction: { state: "measured", own: 60, median: 31, wanted: 40, services: 3 } }),
  ).toEqual([]);
});

test.each(["debian", "alpine"])("an image of %s without a package of its system was not looked at", (id) => {
  const { sbom } = subject();
  expect(notPassed({ sbom: { ...sbom, system: { id, version: "12" } } })).toEqual([
    "vulnerabilities unknown: unseen-system",
  ]);
});

test("what Trivy reads itself needs no package that we know, unless it is of dpkg", () => {
  const { sbom } = subject();
  const sources: GateSubject["sources"] = [{ ...OSV, source: "trivy" }];
  const of = (id: string) => notPassed({ sources, sbom: { ...sbom, system: { id, version: "12" } } });
  expect(of("alpine")).toEqual([]);
  expect(of("debian")).toEqual(["vulnerabilities unknown: unseen-system"]);
});

describe("severity", () => {
  test("below the policy it is a note", () => {
    const [first] = judge({ vulnerabilities: [{ ...CVE, severity: "medium" }] });
    expect(first?.outcome).toBe("passed");
    expect(first?.findings[0]?.level).toBe("note");
  });

  test("what nobody rated counts as the policy says", () => {
    const unrated = { vulnerabilities: [{ ...CVE, severity: "unknown" as const }] };
    expect(notPassed(unrated)).toEqual(["vulnerabilities denied: CVE-2019-10906"]);
    expect(notPassed(unrated, { policy: policyOf({ unknown: "low" }) })).toEqual([]);
  });

  test("what no version mends is denied, unless the policy only wants to see it", () => {
    const open = { vulnerabilities: [{ ...CVE, fixed: [] }] };
    expect(notPassed(open)).toEqual(["vulnerabilities denied: CVE-2019-10906"]);
    expect(notPassed(open, { policy: policyOf({ unfixed: "note" }) })).toEqual([]);
  });

  test("the suite's word alone may be a note; with another source it is none", () => {
    const policy = policyOf({ suite: { level: "note" } });
    expect(notPassed({ vulnerabilities: [{ ...CVE, sources: ["suite"] }] }, { policy })).toEqual([]);
    expect(notPassed({ vulnerabilities: [{ ...CVE, sources: ["osv", "suite"] }] }, { policy })).toHaveLength(
      1,
    );
  });
});

describe("sources", () => {
  test.each([
    ["did not answer", { ...OSV, state: "unknown" as const, why: "no database" }, "unknown: source-osv"],
    ["broke", { ...OSV, state: "error" as const, why: "it printed HTML" }, "error: source-osv"],
  ])("one that %s is not silence about vulnerabilities", (_, used, expected) => {
    expect(notPassed({ sources: [used] })).toEqual([`vulnerabilities ${expected}`]);
  });

  test("a database that is too old leaves it unknown", () => {
    const database = { digest: digestOf("d"), updatedAt: "2026-03-01T00:00:00.000Z", from: "a file" };
    expect(notPassed({ sources: [{ ...OSV, database: { ...database, ageDays: 7 } }] })).toEqual([]);
    expect(notPassed({ sources: [{ ...OSV, database: { ...database, ageDays: 8 } }] })).toEqual([
      "vulnerabilities unknown: database-age",
    ]);
  });

  test("another database than the one that the policy names is none", () => {
    const policy = policyOf({ osv: { digest: digestOf("the one") } });
    expect(notPassed({}, { policy })).toEqual(["vulnerabilities unknown: database-digest"]);
    expect(notPassed({}, { policy: policyOf({ osv: { digest: digestOf("database") } }) })).toEqual([]);
  });
});

describe("what nobody saw", () => {
  test("an ecosystem that no source looked at is unknown, with why", () => {
    const blind = {
      ...OSV,
      looked: { deb: 0, pypi: 0 },
      blind: [{ ecosystem: "pypi" as const, why: "it has Debian only" }],
    };
    const [first] = judge({ sources: [blind] });
    expect(first?.outcome).toBe("unknown");
    expect(first?.reason).toContain("no source looked at its 1 Python distributions: it has Debian only");
    expect(notPassed({ sources: [blind, { ...OSV, source: "suite" }] })).toEqual([]);
  });

  test("what a source could not decide is unknown", () => {
    const undecided = [
      { source: "osv" as const, id: "CVE-1", aliases: [], component: JINJA, why: "2.x is no version" },
    ];
    expect(notPassed({ undecided })).toEqual(["vulnerabilities unknown: CVE-1"]);
  });
});

describe("waivers", () => {
  const found = { vulnerabilities: [CVE] };

  test.each<[string, Partial<Waiver>]>([
    ["by its id", {}],
    ["by an alias", { id: "PYSEC-2019-217" }],
    ["for all images", { image: "*" }],
    ["for a component of any version", { component: "pkg:pypi/jinja2" }],
    ["for a component of this version", { component: "pkg:pypi/jinja2@2.10" }],
    ["for this very image", { digest: digestOf("web") }],
    ["on its first day", { from: "2026-03-10" }],
    ["on its last day", { until: "2026-03-10" }],
  ])("%s it waives", (_, changes) => {
    expect(notPassed(found, { waivers: [{ ...WAIVER, ...changes }] })).toEqual([
      "vulnerabilities waived: CVE-2019-10906",
    ]);
  });

  test.each<[string, Partial<Waiver>]>([
    ["another gate", { gate: "files" }],
    ["another id", { id: "CVE-2019-1" }],
    ["another image", { image: "api" }],
    ["another component", { component: "pkg:pypi/jinja" }],
    ["another version", { component: "pkg:pypi/jinja2@2.9" }],
    ["another qualifier", { component: "pkg:pypi/jinja2?x=y" }],
    ["a path", { component: "jinja2" }],
    ["another digest", { digest: OTHER }],
    ["days that are over", { until: "2026-03-09" }],
    ["days to come", { from: "2026-03-11" }],
  ])("%s waives nothing", (_, changes) => {
    expect(notPassed(found, { waivers: [{ ...WAIVER, ...changes }] })).toEqual([
      "vulnerabilities denied: CVE-2019-10906",
    ]);
  });

  test("one that has expired is named in the finding", () => {
    const [first] = judge(found, { waivers: [{ ...WAIVER, until: "2026-03-09" }] });
    expect(first?.reason).toContain("the waiver of waivers.yaml:3 ended on 2026-03-09");
  });

  test("one that has not begun is never used: the finding stands, and says when it begins", () => {
    const waivers = new Waivers([{ ...WAIVER, from: "2026-03-11" }], "2026-03-10");
    const [first] = judgeGates(subject(found), DEFAULT_GATES, waivers);
    expect(first?.outcome).toBe("denied");
    expect(first?.reason).toContain("a waiver for it begins on 2026-03-11 (waivers.yaml:3)");
    expect(waivers.uses()).toMatchObject([{ state: "pending", from: "2026-03-11", count: 1 }]);
  });

  test("of one that is over and one to come, the one to come is named", () => {
    const waivers = [
      { ...WAIVER, until: "2026-03-09" },
      { ...WAIVER, from: "2026-03-12" },
      { ...WAIVER, from: "2026-03-11" },
    ];
    expect(judge(found, { waivers })[0]?.reason).toContain("a waiver for it begins on 2026-03-11");
  });

  test("what could not be told cannot be waived", () => {
    const stale = { sources: [{ ...OSV, state: "unknown" as const, why: "no database" }] };
    expect(notPassed(stale, { waivers: [{ ...WAIVER, id: "source-osv" }] })).toEqual([
      "vulnerabilities unknown: source-osv",
    ]);
  });

  test("what is not decided of a component can, by whoever looked into it", () => {
    const undecided = [
      { source: "osv" as const, id: "CVE-1", aliases: [], component: JINJA, why: "2.x is no version" },
    ];
    expect(notPassed({ undecided }, { waivers: [{ ...WAIVER, id: "CVE-1" }] })).toEqual([
      "vulnerabilities waived: CVE-1",
    ]);
  });

  test("a path is waived by the path", () => {
    const reasons = [{ id: "set-id", message: "x", path: "usr/bin/x" }];
    const changes = { verdicts: verdicts(verdict("image-setuid", { outcome: "fails", reasons })) };
    const waiver = { ...WAIVER, gate: "files" as const, id: "set-id" };
    expect(notPassed(changes, { waivers: [{ ...waiver, component: "/usr/bin/x" }] })).toEqual([
      "files waived: set-id",
    ]);
    expect(notPassed(changes, { waivers: [{ ...waiver, component: "usr/bin/y" }] })).toEqual([
      "files denied: set-id",
    ]);
  });

  test("uses are counted, and those without any are told", () => {
    const waivers = new Waivers(
      [
        WAIVER,
        { ...WAIVER, id: "CVE-1" },
        { ...WAIVER, until: "2026-03-09" },
        { ...WAIVER, id: "CVE-1", from: "2026-03-11" },
      ],
      "2026-03-10",
    );
    judgeGates(
      subject({ vulnerabilities: [CVE, { ...CVE, component: component("other", "1") }] }),
      DEFAULT_GATES,
      waivers,
    );
    expect(waivers.uses().map(({ state, count }) => [state, count])).toEqual([
      ["used", 2],
      ["unused", 0],
      ["expired", 2],
      ["pending", 0],
    ]);
  });
});

test("a gate that is off says nothing", () => {
  expect(
    judge(
      { vulnerabilities: [CVE] },
      { policy: { ...DEFAULT_GATES, off: { vulnerabilities: "later" } } },
    ).map(({ gate }) => gate),
  ).not.toContain("vulnerabilities");
});

test("a finding names whose layer brought it, and the line", () => {
  const [first] = judge({ vulnerabilities: [CVE] });
  expect(first?.findings[0]).toMatchObject({
    owner: "base",
    at: { file: "base/Dockerfile", line: 3 },
    layer: { index: 0, instruction: "RUN pip install" },
    hint: "raise jinja2 to 2.10.1 or later",
  });
});
