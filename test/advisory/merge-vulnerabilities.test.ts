import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeVulnerabilities } from "../../src/core/advisory/merge-vulnerabilities.ts";
import type { Severity } from "../../src/core/advisory/severity.ts";
import type { SourceName, Vulnerability } from "../../src/core/advisory/vulnerability.ts";
import { FUZZ_SEED } from "../kit/seeded-random.ts";

const COMPONENT = { id: "pkg:a@1", ecosystem: "pypi", name: "a", version: "1", purl: "pkg:a@1" } as const;

function said(id: string, aliases: readonly string[] = [], more: Partial<Vulnerability> = {}): Vulnerability {
  return {
    source: "osv",
    id,
    aliases,
    component: COMPONENT,
    severity: "unknown",
    severityFrom: undefined,
    fixed: [],
    summary: "",
    ...more,
  };
}

const rated = (severity: Severity, from = "a vector") => ({ severity, severityFrom: from });

describe("what sources say", () => {
  it("of one CVE by different names is one vulnerability, as bad as the worst of them", () => {
    const merged = mergeVulnerabilities([
      said("PYSEC-2024-1", ["CVE-2024-1", "GHSA-a"], { fixed: ["2.0", "1.10"], summary: "what it is" }),
      said("CVE-2024-1", [], { source: "trivy", ...rated("medium", "nvd"), fixed: ["1.9"] }),
      said("GHSA-a", ["CVE-2024-1"], { ...rated("high", "CVSS:3.1/…"), fixed: ["2.0"] }),
    ]);
    expect(merged).toEqual([
      {
        id: "CVE-2024-1",
        aliases: ["GHSA-a", "PYSEC-2024-1"],
        component: COMPONENT,
        severity: "high",
        severityFrom: "CVSS:3.1/…",
        fixed: ["1.9", "1.10", "2.0"],
        summary: "what it is",
        sources: ["osv", "trivy"],
      },
    ]);
  });

  it("without any CVE is joined by other names, also where they share them through a third", () => {
    const merged = mergeVulnerabilities([
      said("PYSEC-2", ["GHSA-b"]),
      said("MAL-1", ["OTHER-1"]),
      said("SNYK-1", ["GHSA-b", "OTHER-2"]),
      said("X-9", ["OTHER-2"]),
    ]);
    expect(merged.map(({ id, aliases }) => [id, aliases])).toEqual([
      ["MAL-1", ["OTHER-1"]],
      ["PYSEC-2", ["GHSA-b", "OTHER-2", "SNYK-1", "X-9"]],
    ]);
  });

  it("without a CVE of its own is of the CVE that its alias is a name of", () => {
    const merged = mergeVulnerabilities([
      said("PYSEC-3", ["GHSA-c"], rated("critical")),
      said("GHSA-c", ["CVE-2024-3"], rated("low")),
    ]);
    expect(merged).toMatchObject([
      { id: "CVE-2024-3", severity: "critical", aliases: ["GHSA-c", "PYSEC-3"] },
    ]);
  });

  it("of several CVEs together is said of each, and merges none of them", () => {
    const merged = mergeVulnerabilities([
      said("CVE-2024-1", [], rated("low")),
      said("CVE-2024-2", [], { ...rated("critical"), fixed: ["3"] }),
      said("DSA-1-1", ["CVE-2024-1", "CVE-2024-2", "CVE-2024-3"], { ...rated("high"), fixed: ["2"] }),
    ]);
    expect(merged.map(({ id, severity, fixed, aliases }) => ({ id, severity, fixed, aliases }))).toEqual([
      { id: "CVE-2024-1", severity: "low", fixed: ["2"], aliases: ["DSA-1-1"] },
      { id: "CVE-2024-2", severity: "critical", fixed: ["2", "3"], aliases: ["DSA-1-1"] },
      // Nobody rates it alone: what is said of all is then all that is known.
      { id: "CVE-2024-3", severity: "high", fixed: ["2"], aliases: ["DSA-1-1"] },
    ]);
  });

  it("never joins two CVEs through a name that both have", () => {
    // As PYSEC-2021-335 and PYSEC-2021-370 are in the real data.
    const merged = mergeVulnerabilities([
      said("PYSEC-2021-335", ["CVE-2021-32807", "GHSA-qcx9"], rated("low")),
      said("PYSEC-2021-370", ["CVE-2021-32811", "GHSA-qcx9", "GHSA-g4gq"], rated("high")),
    ]);
    expect(merged.map(({ id, severity }) => [id, severity])).toEqual([
      ["CVE-2021-32807", "low"],
      ["CVE-2021-32811", "high"],
    ]);
  });

  it("of another component is another vulnerability", () => {
    const other = { ...COMPONENT, id: "pkg:b@1" };
    const merged = mergeVulnerabilities([
      said("CVE-2024-1", [], { component: other }),
      said("CVE-2024-1", [], rated("high")),
    ]);
    expect(merged.map(({ component, severity }) => [component.id, severity])).toEqual([
      ["pkg:a@1", "high"],
      ["pkg:b@1", "unknown"],
    ]);
  });

  it("is the same in any order, loses no name, and makes nothing less bad", () => {
    const name = fc.constantFrom(
      "CVE-2024-1001",
      "CVE-2024-1002",
      "CVE-2024-1003",
      "GHSA-a",
      "GHSA-b",
      "DSA-1",
      "PYSEC-1",
    );
    const statement = fc.record({
      id: name,
      aliases: fc.uniqueArray(name, { maxLength: 3 }),
      source: fc.constantFrom<SourceName>("osv", "trivy", "suite"),
      severity: fc.constantFrom<Severity>("unknown", "none", "low", "high", "critical"),
    });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), (list) => {
        const all = list.map(({ id, aliases, ...rest }) => said(id, aliases, rest));
        const merged = mergeVulnerabilities(all);
        const without = (entries: typeof merged) =>
          entries.map((entry) => ({ ...entry, severityFrom: undefined }));
        expect(without(mergeVulnerabilities([...all].reverse()))).toEqual(without(merged));
        expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
        const told = new Set(merged.flatMap(({ id, aliases }) => [id, ...aliases]));
        expect(told).toEqual(new Set(all.flatMap(({ id, aliases }) => [id, ...aliases])));
        // Whoever says that it is bad, and speaks of one thing alone, is heard.
        for (const { id, aliases, severity } of all) {
          const cves = new Set([id, ...aliases].filter((each) => each.startsWith("CVE-")));
          const [only] = cves;
          if (cves.size !== 1 || severity !== "critical") continue;
          expect(merged.find((entry) => entry.id === only)?.severity).toBe("critical");
        }
      }),
      { numRuns: 2000, seed: FUZZ_SEED },
    );
  });
});
