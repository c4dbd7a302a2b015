import { expect, test } from "vitest";
import type { MergedVulnerability } from "../../src/core/advisory/vulnerability.ts";
import { DEFAULT_GATES } from "../../src/core/blueprint/gate-policy.ts";
import { tryCanaries } from "../../src/core/policy/gates/canaries.ts";
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
