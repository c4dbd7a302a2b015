import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixFirst, isDenied } from "../../../src/core/policy/gates/fix-first.ts";
import type { GateFinding, ScannedImage } from "../../../src/core/policy/gates/gate.ts";
import * as finding from "../../kit/scan-findings.ts";
import { bigFleet, greenFleet, hugeFleet, smallFleet } from "../../kit/scan-fleets.ts";
import { scannedImage, scanReport } from "../../kit/scan-report.ts";

const imageWith = (name: string, ...vulnerabilities: readonly GateFinding[]): ScannedImage =>
  scannedImage({ name, found: { vulnerabilities } });

describe("what to fix first", () => {
  it("counts a finding of a base once for each image that inherits it", () => {
    const heirs = Array.from({ length: 12 }, (_, index) => imageWith(`heir-${index}`, finding.HIGH));
    const [first, ...more] = fixFirst(
      scanReport([...heirs, imageWith("busy", finding.UNRATED, finding.UNRATED)]),
    );
    expect(first).toMatchObject({ owner: "base-python", clears: 12, stays: 0 });
    expect(first?.images).toHaveLength(12);
    expect(more).toMatchObject([{ owner: "base-utils", clears: 2 }]);
  });

  it("groups by component: its ids, the worst severity, and the versions that mend them", () => {
    const other = finding.vulnerability("CVE-2024-9143", finding.OPENSSL, {
      severity: "critical",
      fixed: ["3.0.15-1~deb12u1"],
    });
    const [first] = fixFirst(
      scanReport([imageWith("a", other, finding.HIGH, finding.CRITICAL), imageWith("b", finding.HIGH)]),
    );
    expect(first?.things).toMatchObject([
      {
        name: finding.OPENSSL,
        ids: ["CVE-2024-5535", "CVE-2024-9143"],
        severity: "critical",
        fixed: ["3.0.15-1~deb12u1", "3.0.14-1~deb12u2"],
        clears: 3,
        images: ["a", "b"],
      },
      { name: finding.EXPAT, ids: ["CVE-2024-45491"], clears: 1, images: ["a"] },
    ]);
  });

  it("leaves out what is waived, noted or not known", () => {
    expect(
      fixFirst(
        scanReport([imageWith("a", finding.WAIVED, finding.LOW, finding.UNREAD, finding.NO_PACKAGES)]),
      ),
    ).toEqual([]);
    expect(fixFirst(greenFleet())).toEqual([]);
    expect(fixFirst(scanReport([]))).toEqual([]);
  });

  it("promises nothing of what no version mends", () => {
    const report = scanReport([
      imageWith("a", finding.UNFIXED, finding.UNFIXED),
      imageWith("b", finding.HIGH),
    ]);
    expect(fixFirst(report)).toMatchObject([
      { owner: "base-python", clears: 1, stays: 0, frees: ["b"] },
      { owner: "family-torch-cu121", clears: 0, stays: 2, frees: [] },
    ]);
  });

  it("frees an image only where nothing else blocks it", () => {
    const report = scanReport([
      imageWith("both", finding.HIGH, finding.UNRATED),
      scannedImage({
        name: "unknown",
        found: { vulnerabilities: [finding.HIGH], secrets: [finding.UNREAD] },
      }),
      scannedImage({
        name: "broken",
        found: { vulnerabilities: [finding.HIGH] },
        verdicts: { sbom: { outcome: "error", reason: "no SBOM" } },
      }),
      imageWith("waived", finding.HIGH, finding.WAIVED),
    ]);
    expect(fixFirst(report)).toMatchObject([
      { owner: "base-python", clears: 4, images: ["both", "unknown", "broken", "waived"], frees: ["waived"] },
      { owner: "base-utils", frees: [] },
    ]);
  });

  it("takes what is about the image as a whole for its own, and says where nobody is known to have brought it", () => {
    const { owner: _, ...orphan } = finding.HIGH;
    const report = scanReport([
      scannedImage({ name: "service", found: { user: [finding.ROOT_USER] } }),
      imageWith("a", orphan, orphan, orphan),
    ]);
    expect(fixFirst(report)).toMatchObject([
      { owner: "service", clears: 1, things: [{ gate: "user", name: "root-user" }], frees: ["service"] },
      // Last, though it is most: nobody knows what to rebuild.
      { owner: undefined, clears: 3, frees: ["a"] },
    ]);
  });

  it("tells of the small fleet what a person would", () => {
    expect(fixFirst(smallFleet()).map(({ owner, clears, stays }) => `${owner} ${clears} ${stays}`)).toEqual([
      "base-python 10 0",
      "base-utils 3 0",
      "family-torch-cu121 1 1",
      "intention_validator_agent 1 0",
      "service_registry 1 0",
    ]);
  });

  it("counts every denied finding exactly once, whatever the fleet, and the same each time", () => {
    const level = fc.constantFrom("deny", "unknown", "error", "note");
    const made = fc.record({
      level,
      owner: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
      component: fc.option(fc.constantFrom("pkg:pypi/x@1", "pkg:pypi/y@1"), { nil: undefined }),
      fixed: fc.constantFrom<readonly string[]>([], ["2"]),
      waived: fc.boolean(),
    });
    const fleet = fc.array(fc.array(made, { maxLength: 6 }), { maxLength: 6 });
    fc.assert(
      fc.property(fleet, (images) => {
        const report = scanReport(
          images.map((each, index) => imageWith(`image-${index}`, ...each.map(findingOf))),
        );
        const denied = report.images.flatMap(({ verdicts }) =>
          verdicts.flatMap(({ findings }) => findings.filter(isDenied)),
        );
        const fixes = fixFirst(report);
        expect(fixes.reduce((sum, { clears, stays }) => sum + clears + stays, 0)).toBe(denied.length);
        expect(fixFirst(report)).toEqual(fixes);
      }),
    );

    function findingOf({
      waived,
      owner,
      component,
      ...rest
    }: {
      readonly level: GateFinding["level"];
      readonly owner: string | undefined;
      readonly component: string | undefined;
      readonly fixed: readonly string[];
      readonly waived: boolean;
    }): GateFinding {
      return {
        id: "CVE-2024-1",
        message: "m",
        ...rest,
        ...(owner === undefined ? {} : { owner }),
        ...(component === undefined ? {} : { component }),
        ...(waived ? { waiver: finding.WAIVER } : {}),
      };
    }
  });

  it("judges 74 images with 2,000 findings each in seconds", () => {
    const report = hugeFleet();
    const start = performance.now();
    expect(fixFirst(report)).toHaveLength(74);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(fixFirst(bigFleet()).length).toBeGreaterThan(5);
  });
});
