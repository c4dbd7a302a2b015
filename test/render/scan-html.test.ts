import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { renderScanHtml } from "../../src/views/render/scan-html.ts";
import {
  type FindingColumn,
  type ScanPageData,
  scanPageData,
} from "../../src/views/render/scan-page-data.ts";
import * as finding from "../kit/scan-findings.ts";
import { bigFleet, greenFleet, HOSTILE, hostileFleet, hugeFleet, smallFleet } from "../kit/scan-fleets.ts";
import { scannedImage, scanReport } from "../kit/scan-report.ts";

const ids = [...renderScanHtml(smallFleet()).matchAll(/<section id="([a-z]+)">/g)].map(([, id]) => id);

describe("the page of a scan", () => {
  it("is the same bytes each time, and reaches nothing outside", () => {
    const page = renderScanHtml(smallFleet());
    expect(renderScanHtml(smallFleet())).toBe(page);
    expect(page).not.toMatch(/(src|href)="?(https?:)?\/\//);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`,
    );
  });

  it("says the outcome, the day, and what speaks against it", () => {
    const page = renderScanHtml(smallFleet());
    expect(page).toMatch(
      /<p class="verdict denied"><mark class="denied"[^>]*><i aria-hidden="true">✗<\/i> denied<\/mark>/,
    );
    expect(page).toContain('<p class="pinned" role="note">judged as of 2024-10-10: no current verdict.</p>');
    expect(page).toContain("<li>1 canary did not go red, so the green of sbom counts for nothing</li>");
    expect(page).toContain("1 not read");
  });

  it("is green only where everything is, and leaves out sections that would be empty", () => {
    const verdict = (of: ScanReport) => /<p class="verdict ([a-z]+)">/.exec(renderScanHtml(of))?.[1];
    expect(verdict(greenFleet())).toBe("passed");
    expect(verdict({ ...greenFleet(), canaries: [] })).toBe("unknown");
    expect(verdict(scanReport([], { canaries: [], sources: [] }))).toBe("unknown");
    expect(ids).toEqual(["fix", "untold", "images", "findings", "waivers", "canaries", "sources"]);
    expect(renderScanHtml(greenFleet())).not.toMatch(/<section id="(fix|untold|waivers|sizes)">/);
  });

  it("has the sizes where they are known, the largest first, in bounded depth and number", () => {
    const children = Array.from({ length: 90 }, (_, index) => ({
      label: `package-${index}`,
      bytes: index * 1e6,
    }));
    const page = renderScanHtml(greenFleet(), {
      sizes: {
        label: "fleet",
        bytes: 4005e6,
        children: [...children, { label: HOSTILE, bytes: 5e9, note: HOSTILE }],
      },
    });
    const [section = ""] = /<section id="sizes">.*?<\/section>/s.exec(page) ?? [];
    expect(section.indexOf("package-89")).toBeLessThan(section.indexOf("package-60"));
    expect(section).toContain("and 51 more, 1.3 GB");
    expect(section).not.toContain("<img");
  });

  it("shows hostile names as text, without what turns its direction", () => {
    const page = renderScanHtml(hostileFleet());
    expect(page.split("</script>")).toHaveLength(3);
    expect(page).not.toMatch(/<img|<a href="(?!#)/);
    expect(page).not.toMatch(/\p{Bidi_Control}/u);
    expect(page).not.toContain("\u001b");
    expect(page).toContain("\\u{202e}");
  });

  it("places each image once, whatever its ancestors say", () => {
    const images = [
      scannedImage({ name: "a", ancestors: ["b"] }),
      scannedImage({ name: "b", ancestors: ["a"] }),
      scannedImage({ name: "c", ancestors: ["not-scanned", "d"] }),
      scannedImage({ name: "d", ancestors: ["d"] }),
    ];
    const rows = [...renderScanHtml(scanReport(images)).matchAll(/data-name="(.)" style="--depth:(\d)"/g)];
    expect(rows.map(([, name, depth]) => `${name}${depth}`)).toEqual(["d0", "c1", "a0", "b0"]);
  });

  it("stays small for 74 images of which most is inherited", () => {
    expect(renderScanHtml(bigFleet()).length).toBeLessThan(500_000);
  });
});

describe("its data", () => {
  const data = scanPageData(smallFleet());
  const cell = ({ texts, columns, findings }: ScanPageData, row: number, column: FindingColumn): string =>
    texts[findings[row]?.[columns.indexOf(column)] ?? -1] ?? "";

  it("has each text and each finding once, texts in the order of the alphabet", () => {
    expect(new Set(data.texts).size).toBe(data.texts.length);
    const lower = data.texts.map((text) => text.toLowerCase());
    expect(lower).toEqual(lower.toSorted());
    expect(new Set(data.findings.map((row) => row.join())).size).toBe(data.findings.length);
  });

  it("has every finding of every image", () => {
    for (const { name, verdicts } of smallFleet().images) {
      const image = data.images.find((each) => data.texts[each.name] === name);
      const told = image?.findings.map((row) => `${cell(data, row, "gate")} ${cell(data, row, "id")}`);
      const all = verdicts.flatMap(({ gate, findings }) => findings.map(({ id }) => `${gate} ${id}`));
      expect(told?.toSorted()).toEqual(all.toSorted());
    }
  });

  it("tells a finding with a waiver from the same without", () => {
    const rows = data.findings.flatMap((_, row) => (cell(data, row, "id") === "CVE-2024-5535" ? [row] : []));
    expect(rows.map((row) => `${cell(data, row, "state")}: ${cell(data, row, "waiver")}`)).toEqual([
      "denied: ",
      "waived: only reached with a hostile certificate of our own registry (h.mendez, until 2024-11-30) lapstrake.yaml:212:7",
    ]);
  });

  it("takes what is about an image as a whole for that image's own", () => {
    const report = scanReport(
      ["a", "b"].map((name) => scannedImage({ name, found: { user: [finding.ROOT_USER] } })),
    );
    const of = scanPageData(report);
    expect(of.findings.map((_, row) => cell(of, row, "owner"))).toEqual(["a", "b"]);
  });

  it("includes a verdict that blocks and names no finding", () => {
    const of = scanPageData(
      scanReport([
        scannedImage({ name: "a", verdicts: { sbom: { outcome: "unknown", reason: "cut off" } } }),
      ]),
    );
    expect([cell(of, 0, "state"), cell(of, 0, "message")]).toEqual(["unknown", "cut off"]);
  });

  it("cuts a text that nobody would read, and keeps two that are shown alike apart by nothing", () => {
    const messages = ["x".repeat(1e6), "a\u202e", "a\\u{202e}"];
    const of = scanPageData(
      scanReport([
        scannedImage({
          name: "a",
          found: { secrets: messages.map((message) => ({ ...finding.SECRET, message })) },
        }),
      ]),
    );
    expect(Math.max(...of.texts.map(({ length }) => length))).toBe(2001);
    expect(of.findings).toHaveLength(2);
    expect(of.images[0]?.findings).toEqual([0, 0, 1]);
  });

  it("is made in seconds for 22,200 findings that have nothing in common", () => {
    const report = hugeFleet(74, 300);
    const start = performance.now();
    expect(scanPageData(report).findings.length).toBeGreaterThan(22_000);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
