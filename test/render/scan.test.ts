import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { columnsOf, createPaint, withoutColour } from "../../src/views/render/progress-text.ts";
import { renderScan } from "../../src/views/render/scan.ts";
import { sourceText } from "../../src/views/render/scan-cells.ts";
import { fleetOutcome, shownOutcome } from "../../src/views/render/scan-outcome.ts";
import * as finding from "../kit/scan-findings.ts";
import { bigFleet, greenFleet, hostileFleet, smallFleet } from "../kit/scan-fleets.ts";
import { CANARIES, SOURCES, scannedImage, scanReport } from "../kit/scan-report.ts";

const GOLDEN = "../fixtures/render";
const linesOf = (text: string) => text.split("\n");
/** The lines below a title, up to the next empty one. */
const sectionOf = (text: string, title: string) =>
  linesOf(text.split(`\n${title}\n`)[1]?.split("\n\n")[0] ?? "");

describe("a scan as text", () => {
  it("tells every outcome and why, what to fix first, waivers, canaries and sources, and the day (golden)", async () => {
    await expect(renderScan(smallFleet())).toMatchFileSnapshot(`${GOLDEN}/scan-small.txt`);
  });

  it("is short where nothing is wrong (golden)", async () => {
    await expect(renderScan(greenFleet())).toMatchFileSnapshot(`${GOLDEN}/scan-green.txt`);
  });

  it("has colours on a terminal only, and takes the same columns with them", () => {
    const piped = renderScan(smallFleet());
    const coloured = renderScan(smallFleet(), { paint: createPaint(true), columns: 80 });
    expect(piped).not.toContain("\u001b");
    expect(coloured).toContain("\u001b[31mdenied \u001b[0m");
    expect(withoutColour(coloured)).toBe(piped);
  });

  it("shows each canary where that is asked for, and else only those that did not do what they must", () => {
    const few = sectionOf(renderScan(smallFleet()), "canaries");
    expect(few).toEqual([
      "  DEAD     sbom: an SBOM that lists nothing: the gate said passed (0 of 0",
      "           packages are missing)",
      "  4 canaries did what they must (--canary shows each)",
    ]);
    const all = sectionOf(
      renderScan(smallFleet(), { paint: createPaint(false), columns: 400, canaries: true }),
      "canaries",
    );
    expect(all.map((line) => line.slice(2, 7).trim())).toEqual([...Array(4).fill("alive"), "DEAD"]);
    expect(all[1]).toBe(
      "  alive    secrets: a GitHub token in app/settings.py: the gate said denied (github-token in app/settings.py)",
    );
  });

  it("says which gates are off, and why", () => {
    const off = [{ gate: "secrets", why: "the rules are being written" }] as const;
    expect(sectionOf(renderScan({ ...greenFleet(), off }), "gates that are off")).toEqual([
      "  secrets  the rules are being written",
    ]);
  });

  it("has no age below none: a database may be newer than the day of judgement", () => {
    const [osv] = SOURCES;
    const of = (ageDays: number) =>
      sourceText({ ...osv!, database: { ...osv!.database!, ageDays } }).split(/[()]/)[1];
    expect([-774, -1, 0, 1, 2].map(of)).toEqual([
      "newer than the day of judgement",
      "newer than the day of judgement",
      "0 days old",
      "1 day old",
      "2 days old",
    ]);
  });

  it("counts what blocks nothing, and lists none of it", () => {
    const noted = ["a", "b"].map((name) =>
      scannedImage({ name, found: { vulnerabilities: [finding.LOW, finding.LOW] } }),
    );
    const text = renderScan(scanReport(noted));
    expect(text).toContain("  4 notes that block nothing: --html, --json and --sarif list them\n");
    expect(text).not.toContain(finding.LOW.id);
    expect(renderScan(greenFleet())).not.toContain("note");
  });

  it("tells images that were not looked at for one reason together, those that were to be judged first", () => {
    const names = Array.from({ length: 70 }, (_, index) => `image-${index}`);
    const left = [
      ...names.map((name) => ({ name, why: "not asked for", asked: false })),
      { name: "web", why: "not built", asked: true },
    ];
    expect(sectionOf(renderScan({ ...greenFleet(), left }), "not scanned")).toEqual([
      "  web",
      "    not built",
      "  image-0, image-1, image-2, image-3, image-4, image-5 and 64 more",
      "    not asked for",
    ]);
  });

  it.each([60, 80, 132])("keeps within %i columns what is not one long word", (columns) => {
    const text = renderScan(smallFleet(), { paint: createPaint(false), columns });
    const long = linesOf(text).filter((line) => columnsOf(line) > columns);
    expect(long.filter((line) => line.trim().includes(" ") && !/\S{40}/.test(line))).toEqual([]);
  });

  it("has one line for each image, and says what it leaves out", () => {
    const lines = linesOf(renderScan(bigFleet()));
    expect(lines.indexOf("")).toBe(74);
    expect(lines.length).toBeLessThan(250);
    expect(lines.join("\n")).toMatch(/and \d+ images more, with \d+ findings: --html or --json has all/);
  });

  it("moves no cursor and turns no text, whatever a name holds", () => {
    const text = renderScan(hostileFleet());
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    // One line an image still, though each name has line feeds.
    expect(linesOf(text).indexOf("")).toBe(hostileFleet().images.length);
  });

  it("cuts what somebody else wrote at some length", () => {
    const long = { ...finding.UNREAD, message: "x".repeat(1e6) };
    const text = renderScan(scanReport([scannedImage({ name: "a", found: { secrets: [long] } })]));
    expect(text.length).toBeLessThan(4000);
  });
});

describe("unknown is never shown as good", () => {
  const green = greenFleet();
  const shown = (more: Partial<ScanReport>) => fleetOutcome({ ...green, ...more });

  it("passes a fleet only where nothing speaks against it", () => {
    expect(shown({})).toEqual({ outcome: "passed", why: ["2 images: 2 passed"] });
    expect(shown({ images: [] })).toEqual({ outcome: "unknown", why: ["no image was judged"] });
    expect(shown({ canaries: [] }).outcome).toBe("unknown");
    expect(shown({ left: [{ name: "a", why: "gone", asked: true }] }).outcome).toBe("unknown");
    expect(shown({ left: [{ name: "a", why: "not asked for", asked: false }] })).toEqual({
      outcome: "passed",
      why: ["2 images: 2 passed", "1 image not scanned"],
    });
    expect(shown({ off: [{ gate: "base", why: "none yet" }] })).toEqual({
      outcome: "passed",
      why: ["2 images: 2 passed", "1 gate off: base"],
    });
    const dead = shown({ canaries: CANARIES.map((each) => ({ ...each, alive: each.gate !== "sbom" })) });
    expect(dead).toEqual({
      outcome: "unknown",
      why: [
        "2 images: 2 passed",
        "1 canary did not do what it must, so the green of sbom counts for nothing",
      ],
    });
  });

  it("says so, too, where it is denied anyway", () => {
    expect(shown({ outcome: "denied", canaries: [] })).toMatchObject({
      outcome: "denied",
      why: ["2 images: 2 passed", "no canary was planted, so nothing shows that a gate can go red"],
    });
  });

  it("passes no image that no gate judged, or that an ancestor holds back", () => {
    const image = scannedImage({ name: "a" });
    expect(shownOutcome(image)).toBe("passed");
    expect(shownOutcome({ ...image, verdicts: [] })).toBe("unknown");
    expect(shownOutcome({ ...image, blockedBy: "base" })).toBe("blocked");
    expect(shownOutcome({ ...image, outcome: "denied", blockedBy: "base" })).toBe("denied");
  });

  it("tells what a gate could not tell though it names no finding", () => {
    const text = renderScan(
      scanReport([
        scannedImage({
          name: "a",
          verdicts: { sbom: { outcome: "unknown", reason: "its SBOM is cut off" } },
        }),
      ]),
    );
    expect(text).toContain("what could not be told\n  unknown sbom: a\n    its SBOM is cut off\n");
  });
});
