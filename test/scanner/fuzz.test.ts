import { describe, expect, it } from "vitest";
import { outdatedPackages } from "../../src/core/advisory/suite/outdated-packages.ts";
import { readPackagesIndex } from "../../src/core/advisory/suite/read-packages-index.ts";
import { AuditError } from "../../src/core/audit/error.ts";
import type { Sbom } from "../../src/core/audit/sbom/sbom.ts";
import { judgeReport } from "../../src/edge/scanner/trivy/judge-report.ts";
import { mapVulnerabilities } from "../../src/edge/scanner/trivy/map-report.ts";
import { parseTrivyReport } from "../../src/edge/scanner/trivy/report.ts";
import { trivyPurl, trivyReport } from "../kit/fake-trivy.ts";
import { pypiComponent } from "../kit/pypi-component.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, pick, type Random } from "../kit/seeded-random.ts";
import { debComponent, suiteIndex } from "../kit/suite-index.ts";

/** Both take seconds; LAPSTRAKE_FUZZ_RUNS asks for more, LAPSTRAKE_FUZZ_SEED for others. */
const RUNS = fuzzRuns(3000);

const COMPONENTS = [
  debComponent("libssl3", "3.0.9-1", { source: "openssl" }),
  debComponent("bsdutils", "1:2.38.1-5+b1", { source: "util-linux" }),
  pypiComponent("Jinja2", "2.10"),
];
const SBOM: Sbom = {
  subject: { name: "base", digest: undefined, architecture: "amd64" },
  created: undefined,
  tool: "test",
  system: { id: "debian", version: "12" },
  components: COMPONENTS,
};

/** Parts cut out, doubled, moved, and pieces of the grammar put in, at places in a text. */
function damaged(text: string, pieces: readonly [string, ...string[]], random: Random): string {
  let found = text;
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(found.length + 1);
    const length = random(2) === 0 ? random(4) : random(80);
    const rest = found.slice(at + (random(2) === 0 ? length : 0));
    const put =
      random(3) === 0 ? found.slice(random(found.length + 1)).slice(0, random(60)) : pick(random, pieces);
    found = found.slice(0, at) + (random(4) === 0 ? "" : put) + rest;
    if (random(40) === 0) found = found.slice(0, at);
  }
  return found;
}

const ODD = ["\0", "\u001b[2J", "\u202e", "\ufeff", "\r", "\u2028", "\ud800"] as const;

describe("readers of what scanners and archives say", () => {
  it("take any report of Trivy, or say why not", () => {
    const vulnerabilities = [
      {
        id: "CVE-2026-1",
        VendorIDs: ["DSA-1-1"],
        name: "libssl3",
        installed: "3.0.9-1",
        purl: trivyPurl("libssl3", "3.0.9-1"),
        FixedVersion: "3.0.17-1, 4",
        Severity: "HIGH",
        Title: "a hole",
      },
      { id: "CVE-2019-10906", name: "Jinja2", installed: "2.10", PkgPath: "opt/x/METADATA" },
    ];
    const report = JSON.stringify(trivyReport({ components: COMPONENTS, vulnerabilities }));
    const past = report.replace('"Name":"12.5"', '"Name":"9.13","EOSL":true');
    const pieces = [
      ...ODD,
      "null",
      "true",
      "-1",
      "1e999",
      "9007199254740993",
      '"',
      ",",
      ":",
      "[]",
      "{}",
      "{",
      "]",
      '"__proto__":{"a":1},',
      '"Class":"os-pkgs",',
      '"PURL":"pkg:deb/%zz?arch=&&=",',
      '"Packages":null,',
      "pkg:",
      "#",
      "<html>",
    ] as const;
    const random = createRandom(FUZZ_SEED);
    const seen = new Set<string>();
    for (let run = 0; run < RUNS; run++) {
      const text = damaged(random(4) === 0 ? past : report, pieces, random);
      const parsed = parseTrivyReport(Buffer.from(text));
      if ("why" in parsed) {
        seen.add(parsed.why.length <= 300 ? "refused" : "refused at length");
        continue;
      }
      const judged = judgeReport(parsed, SBOM);
      seen.add(judged.state);
      for (const each of mapVulnerabilities(parsed, SBOM)) {
        expect(each.id).toMatch(/^[A-Za-z0-9]/);
        expect(`${each.summary}${each.component.name}${each.component.id}`).not.toMatch(/\p{C}/u);
        seen.add(SBOM.components.some(({ id }) => id === each.component.id) ? "ours" : "foreign");
      }
    }
    expect([...seen].sort()).toEqual(["error", "foreign", "ours", "refused", "scanned", "unknown"]);
  });

  it("take any index of packages, or refuse it at its line", () => {
    const index = [
      "Package: libssl3\nSource: openssl\nVersion: 3.0.17-1~deb12u2\nArchitecture: amd64\nDepends: libc6 (>= 2.34), a | b\nDescription: text\n more\n\n",
      "Package: bsdutils\nSource: util-linux (2.38.1-5)\nVersion: 1:2.38.1-6\nArchitecture: all\n\n",
    ].join("");
    const pieces = [
      ...ODD,
      "\n",
      "\n\n",
      " ",
      ":",
      "Package: x\n",
      "Version: ",
      "Architecture: arm64\n",
      "Source: a (",
      "Status: deinstall ok config-files\n",
      "~",
      "9".repeat(40),
      "é",
    ] as const;
    const random = createRandom(FUZZ_SEED + 1);
    const seen = new Set<string>();
    for (let run = 0; run < RUNS; run++) {
      const bytes = Buffer.from(damaged(index, pieces, random));
      try {
        const { packages, sources, records } = readPackagesIndex([{ bytes, file: "Packages" }], "amd64");
        expect(packages.size).toBeLessThanOrEqual(records);
        const found = outdatedPackages(COMPONENTS.slice(0, 2), { ...suiteIndex({}), packages, sources });
        for (const { fixed } of found) expect(fixed.join()).not.toMatch(/[\n\t]/);
        seen.add(found.length === 0 ? "nothing newer" : "newer");
      } catch (error) {
        if (!(error instanceof AuditError)) throw error;
        seen.add(error.at === undefined ? "refused nowhere" : "refused");
      }
    }
    expect([...seen].sort()).toEqual(["newer", "nothing newer", "refused"]);
  });
});
