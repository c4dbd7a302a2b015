import { expect, test } from "vitest";
import type { MergedVulnerability } from "../../src/core/advisory/vulnerability.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { DEFAULT_GATES } from "../../src/core/blueprint/gate-policy.ts";
import { believe, tryCanaries } from "../../src/core/policy/gates/canaries.ts";
import { type CanaryContent, canaryTrials } from "../../src/core/policy/gates/canary-trials.ts";
import type { UsedSource } from "../../src/core/policy/gates/gate.ts";
import { OSV, subject } from "./subject.ts";

function found(ecosystem: "deb" | "pypi", name: string): MergedVulnerability {
  return {
    id: `CVE-2020-${name.length}`,
    aliases: [],
    component: { id: name, ecosystem, name, version: "1", purl: `pkg:${ecosystem}/${name}@1` },
    severity: "high",
    severityFrom: undefined,
    fixed: [],
    summary: "",
    sources: ["osv"],
  };
}

/** What the canaries of one source come to that looked at so many components and says this. */
function tried(looked: UsedSource["looked"], vulnerabilities: readonly MergedVulnerability[]) {
  const { sbom, verdicts, origins, size, digest } = subject();
  const sources: readonly UsedSource[] = looked === undefined ? [] : [{ ...OSV, looked }];
  const content: CanaryContent = {
    sbom,
    verdicts,
    origins,
    size,
    digest,
    sources,
    vulnerabilities,
    undecided: [],
  };
  return tryCanaries(canaryTrials(new Map([["vulnerable", content]])), DEFAULT_GATES).flatMap(
    ({ gate, planted, alive }) =>
      gate === "vulnerabilities" && planted !== "an image without fault"
        ? [`${planted}: ${alive ? "alive" : "dead"}`]
        : [],
  );
}

const BOTH = { deb: 2, pypi: 2 };

test("a source is tried in each ecosystem that it looks at: one that it sees hides none that it does not", () => {
  expect(tried(BOTH, [found("pypi", "jinja2"), found("deb", "openssl")])).toEqual([
    "openssl 1.0.0, for osv: alive",
    "jinja2 2.10, for osv: alive",
  ]);
  expect(tried(BOTH, [found("pypi", "jinja2")])).toEqual([
    "openssl 1.0.0, for osv: dead",
    "jinja2 2.10, for osv: alive",
  ]);
  expect(tried({ deb: 0, pypi: 2 }, [found("pypi", "jinja2")])).toEqual(["jinja2 2.10, for osv: alive"]);
});

test("a source that looked at nothing is dead, and where no source is asked so is the gate", () => {
  expect(tried({ deb: 0, pypi: 0 }, [])).toEqual(["jinja2 2.10 and openssl 1.0.0, for osv: dead"]);
  expect(tried(undefined, [])).toEqual(["jinja2 2.10 and openssl 1.0.0: dead"]);
});

test("of what all sources say that they do not cover the sound canary has nothing: nobody could call it good", () => {
  const { sbom, verdicts, origins, size, digest } = subject();
  const [jinja] = sbom.components;
  const deb = { ...jinja!, id: "deb", ecosystem: "deb" as const };
  const blind = [{ ecosystem: "deb" as const, why: "no export of Debian" }];
  const tryNone = (more: Partial<UsedSource>) => {
    const content: CanaryContent = {
      sbom: { ...sbom, system: { id: "debian" }, components: [jinja!, deb] },
      verdicts,
      origins,
      size,
      digest,
      sources: [{ ...OSV, looked: { deb: 0, pypi: 1 }, ...more }],
      vulnerabilities: [],
      undecided: [],
    };
    return tryCanaries(canaryTrials(new Map([["none", content]])), DEFAULT_GATES).find(
      ({ gate, planted }) => gate === "vulnerabilities" && planted === "an image without fault",
    );
  };
  expect(tryNone({ blind })).toMatchObject({ alive: true, found: "passed" });
  // It did not look, and does not say why.
  expect(tryNone({})).toMatchObject({ alive: false, found: "unknown" });
  // Nothing is left to be called good.
  const all = [...blind, { ecosystem: "pypi" as const, why: "nor of PyPI" }];
  expect(tryNone({ blind: all, looked: { deb: 0, pypi: 0 } })).toMatchObject({
    alive: false,
    found: "unknown",
  });
});

test("of a gate that could not tell of its canary the green is not known; of one that saw nothing it is an error", () => {
  const green = {
    gate: "user",
    image: "web",
    digest: digestOf("web"),
    outcome: "passed",
    reason: "ok",
  } as const;
  const verdict = { ...green, findings: [], inputs: [] };
  const canary = (found: "unknown" | "passed" | "error") =>
    ({ gate: "user", planted: "USER 0:0", alive: false, found, reason: "no database" }) as const;
  const of = (...found: readonly ("unknown" | "passed" | "error")[]) =>
    believe(verdict, found.map(canary)).outcome;
  expect(believe(verdict, [canary("unknown")])).toMatchObject({
    outcome: "unknown",
    reason: "its canary (USER 0:0) came out unknown: no database",
    findings: [{ id: "canary", level: "unknown" }],
  });
  expect([of("passed"), of("error"), of("unknown", "passed"), of()]).toEqual(Array(4).fill("error"));
});
