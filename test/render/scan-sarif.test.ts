import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { GATES, type ScanReport } from "../../src/core/policy/gates/gate.ts";
import { GATE_TEXT } from "../../src/views/render/scan-gate-text.ts";
import { type ScanSarif, scanSarif } from "../../src/views/render/scan-sarif.ts";
import * as finding from "../kit/scan-findings.ts";
import { greenFleet, hostileFleet, hugeFleet, smallFleet } from "../kit/scan-fleets.ts";
import { scannedImage, scanReport } from "../kit/scan-report.ts";

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly properties?: { readonly "security-severity": string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    { readonly physicalLocation?: object; readonly logicalLocations: readonly object[] },
  ];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions: readonly object[];
}

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    },
  ];
  readonly results: readonly Result[];
}

const render = (report: ScanReport, more: Partial<ScanSarif> = {}) =>
  scanSarif({ report, version: "1.2.3", prefix: "", ...more });
// The tests below say what they expect of the shape.
const runOf = (report: ScanReport, more: Partial<ScanSarif> = {}): Run =>
  (JSON.parse(render(report, more)) as { readonly runs: readonly [Run] }).runs[0];
const about = (report: ScanReport, rule: string) =>
  runOf(report).results.filter(({ ruleId }) => ruleId === rule);

describe("results of a scan", () => {
  const report = smallFleet();
  const run = runOf(report);

  it("tell what a base brought once, of the base, with the images that have it from there", () => {
    expect(about(report, "vulnerabilities/CVE-2024-45491").map(({ message }) => message.text)).toEqual([
      "base-python: libexpat1 2.5.0-1 has CVE-2024-45491: a hostile peer reads past the end of a buffer; mended by " +
        "2.5.0-1+deb12u1; also called DSA-5491-1; also in base-utils, base-cpu-pydeps, service_registry and family-torch-cu121",
    ]);
  });

  it("tell it of the image where the base was not scanned, or where only one of the two has a waiver", () => {
    const found = (name: string, ...vulnerabilities: (typeof finding.HIGH)[]) =>
      scannedImage({ name, found: { vulnerabilities } });
    const rule = "vulnerabilities/CVE-2024-5535";
    expect(about(scanReport([found("heir", finding.HIGH)]), rule)).toHaveLength(1);
    const both = about(scanReport([found("base-python", finding.HIGH), found("heir", finding.WAIVED)]), rule);
    expect(
      both.map(({ message, suppressions }) => [message.text.split(":")[0], suppressions.length]),
    ).toEqual([
      ["base-python", 0],
      ["heir", 1],
    ]);
  });

  it("are suppressed where a waiver covers them, and carry who answers for it", () => {
    expect(run.results.every(({ suppressions }) => Array.isArray(suppressions))).toBe(true);
    expect(run.results.flatMap(({ suppressions }) => suppressions)).toEqual([
      {
        kind: "external",
        status: "accepted",
        justification:
          "only reached with a hostile certificate of our own registry (h.mendez, until 2024-11-30; judged as of 2024-10-10: no current verdict)",
        location: {
          physicalLocation: {
            artifactLocation: { uri: "lapstrake.yaml", uriBaseId: "%SRCROOT%" },
            region: { startLine: 212, endLine: 212 },
          },
        },
      },
    ]);
  });

  it("are errors where they block, known or not", () => {
    const levels = new Map(run.results.map(({ ruleId, level }) => [ruleId, level]));
    expect(Object.fromEntries(levels)).toEqual({
      "vulnerabilities/CVE-2024-45491": "error",
      "vulnerabilities/CVE-2024-5535": "error",
      "vulnerabilities/CVE-2023-7008": "note",
      "vulnerabilities/GHSA-9wx4-h78v-vm56": "error",
      "vulnerabilities/CVE-2024-7804": "error",
      "vulnerabilities/nothing-scanned": "error",
      "secrets/github-token": "error",
      "secrets/layer-unread": "error",
      "user/root-user": "error",
      "budget/over-budget": "error",
      "waivers/expired": "error",
      "waivers/unused": "warning",
      "waivers/pending": "note",
    });
  });

  it("rate vulnerabilities as code hosts read it: what nobody rated, as the policy counts it", () => {
    const rated = (of: ScanReport) =>
      runOf(of).tool.driver.rules.map(
        ({ id, properties }) => `${id.split("/")[1]} ${properties?.["security-severity"]}`,
      );
    expect(rated(report)).toEqual(
      expect.arrayContaining([
        "CVE-2024-45491 9.5",
        "CVE-2024-5535 8.0",
        "CVE-2023-7008 2.0",
        "GHSA-9wx4-h78v-vm56 8.0",
      ]),
    );
    expect(rated(report)).toContain("github-token undefined");
    const lenient = { ...report, policy: { deny: "high", unknownSeverity: "medium" } } as const;
    expect(rated(lenient)).toContain("GHSA-9wx4-h78v-vm56 5.5");
  });

  it("are each of the rule that they name", () => {
    for (const { ruleId, ruleIndex } of run.results)
      expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  it("stand at the line that brought it, from the top of the repository", () => {
    const secret = runOf(report, { prefix: "my fleet" }).results.find(({ ruleId }) =>
      ruleId.startsWith("secrets/git"),
    );
    expect(secret?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "my%20fleet/service_registry/Dockerfile", uriBaseId: "%SRCROOT%" },
          region: { startLine: 22, endLine: 22 },
        },
        logicalLocations: [
          {
            name: "service_registry",
            fullyQualifiedName: `registry.example/voice/service_registry@${digestOf("service_registry")}`,
            kind: "image",
          },
        ],
      },
    ]);
  });

  it("stand at the image where no line is known, or where its image is declared", () => {
    const budget = (more: Partial<ScanSarif>) =>
      runOf(report, more).results.find(({ ruleId }) => ruleId === "budget/over-budget")?.locations[0];
    expect(budget({})).not.toHaveProperty("physicalLocation");
    expect(budget({})?.logicalLocations).toHaveLength(1);
    const declaredAt = new Map([["family-torch-cu121", { file: "lapstrake.yaml", line: 73, column: 3 }]]);
    expect(budget({ declaredAt })).toMatchObject({ physicalLocation: { region: { startLine: 73 } } });
  });

  it("have fingerprints that outlive versions, lines and digests, and are each another", () => {
    const prints = (of: ScanReport) =>
      runOf(of).results.map(({ partialFingerprints }) => partialFingerprints["lapstrake/v1"]);
    const moved = JSON.parse(
      JSON.stringify(report)
        .replaceAll("3.0.11-1~deb12u2", "3.0.13-1~deb12u1")
        .replaceAll('"line":9', '"line":31')
        .replaceAll(digestOf("base-python"), digestOf("another")),
    ) as ScanReport;
    expect(moved).not.toEqual(report);
    expect(prints(moved)).toEqual(prints(report));
    expect(new Set(prints(report)).size).toBe(run.results.length);
  });

  it("tell an expired waiver and one that matches nothing at their lines", () => {
    expect(about(report, "waivers/expired")).toMatchObject([
      {
        message: {
          text: "the waiver of h.mendez for vulnerabilities CVE-2023-50782 in all images ended on 2024-10-01, and covers nothing (judged as of 2024-10-10: no current verdict)",
        },
        locations: [{ physicalLocation: { artifactLocation: { uri: "lapstrake.yaml" } } }],
      },
    ]);
    expect(about(report, "waivers/unused")).toHaveLength(1);
    expect(about(report, "waivers/pending")).toMatchObject([
      {
        level: "note",
        message: {
          text: "the waiver of h.mendez for secrets private-key in base-utils is not begun until 2024-11-01 (judged as of 2024-10-10: no current verdict)",
        },
      },
    ]);
  });

  it("include a verdict that blocks and names no finding", () => {
    const silent = scannedImage({
      name: "a",
      verdicts: { sbom: { outcome: "error", reason: "its SBOM is cut off" } },
    });
    expect(about(scanReport([silent]), "sbom/error")).toMatchObject([
      { level: "error", message: { text: "a: its SBOM is cut off; this is not known, and blocks" } },
    ]);
  });

  it("make no link, no placeholder and no other direction of text of a hostile name", () => {
    const text = render(hostileFleet());
    expect(text).not.toMatch(/\p{Bidi_Control}/u);
    for (const { message } of runOf(hostileFleet()).results)
      expect(message.text).not.toMatch(/[^\\]\]\(|[^{]\{0\}/);
    for (const { shortDescription } of runOf(hostileFleet()).tool.driver.rules)
      expect(shortDescription.text).not.toMatch(/[^\\]\]\(|[^{]\{0\}/);
  });

  it("are no more than code hosts take, the gravest, and say what is left out", () => {
    const { results, invocations } = runOf(hugeFleet(74, 600));
    expect(results).toHaveLength(20_000);
    expect(results.every(({ level }) => level === "error")).toBe(true);
    expect(invocations[0].toolExecutionNotifications[0]?.message.text).toMatch(
      /^24400 findings are left out/,
    );
    expect(invocations[0].executionSuccessful).toBe(false);
  });
});

describe("the run of a scan", () => {
  const notices = (of: ScanReport) =>
    runOf(of).invocations[0].toolExecutionNotifications.map(
      ({ level, message }) => `${level}: ${message.text}`,
    );

  it("did not end well where something was not read or a canary is dead, and says when it was judged", () => {
    expect(runOf(smallFleet()).invocations[0].executionSuccessful).toBe(false);
    expect(notices(smallFleet())).toEqual([
      "warning: judged as of 2024-10-10: no current verdict",
      "error: vision_processing_agent was not scanned: its root cuda-12.1 is not to be had here, by lapstrake.lock",
      "note: speech_synthesis_agent was not scanned: not in release 20241010-4f0c2ab",
      "note: emotion_core_agent was not scanned: not in release 20241010-4f0c2ab",
      "warning: the gate reduction is off: no baseline is recorded before the services move",
      "error: a canary of sbom did not do what it must: an SBOM that lists nothing: the gate said passed: 0 of 0 packages are missing",
      "warning: source trivy, by trivy: unknown: there is no trivy on this machine, nor its image",
    ]);
  });

  it("ended well where nothing is wrong, and not where nothing was looked at", () => {
    expect(runOf(greenFleet()).invocations[0]).toEqual({
      executionSuccessful: true,
      toolExecutionNotifications: [],
    });
    expect(notices(scanReport([], { canaries: [] }))).toEqual([
      "error: no image was judged",
      "error: no canary was planted, so nothing shows that a gate can go red",
    ]);
  });

  it("is the same bytes each time", () => {
    expect(render(smallFleet())).toBe(render(smallFleet()));
  });
});

it("describes each gate", () => {
  expect(Object.keys(GATE_TEXT).sort()).toEqual([...GATES].sort());
});
