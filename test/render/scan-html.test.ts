import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { renderScanHtml } from "../../src/views/render/scan-html.ts";
import {
  type FindingColumn,
  type ScanPageData,
  scanPageData,
} from "../../src/views/render/scan-page-data.ts";
import type { PackedNode, TreemapData } from "../../src/views/render/treemap.ts";
import * as finding from "../kit/scan-findings.ts";
import { bigFleet, greenFleet, HOSTILE, hostileFleet, hugeFleet, smallFleet } from "../kit/scan-fleets.ts";
import { scannedImage, scanReport } from "../kit/scan-report.ts";
import { content, sizedImage } from "../size/sized.ts";
import { sizesFor, sizesOf } from "./scan-sizes.ts";

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
    expect(page).toContain(
      "<li>1 canary did not do what it must, so the green of sbom counts for nothing</li>",
    );
    expect(page).toContain("1 not judged");
  });

  it("is green only where everything is, and leaves out sections that would be empty", () => {
    const verdict = (of: ScanReport) => /<p class="verdict ([a-z]+)">/.exec(renderScanHtml(of))?.[1];
    expect(verdict(greenFleet())).toBe("passed");
    expect(verdict({ ...greenFleet(), canaries: [] })).toBe("unknown");
    expect(verdict(scanReport([], { canaries: [], sources: [] }))).toBe("unknown");
    expect(ids).toEqual(["fix", "untold", "images", "findings", "waivers", "off", "canaries", "sources"]);
    expect(renderScanHtml(greenFleet())).not.toMatch(/<section id="(fix|untold|waivers|off|sizes)">/);
  });

  it("counts the layers that images share once, under who brought them, down to packages", () => {
    const services = Array.from({ length: 17 }, (_, index) => `service-${index}`);
    const sizes = sizesOf(services);
    const { label, bytes, children } = mapOf(renderScanHtml(greenFleet(), { sizes }));
    expect([label, bytes]).toEqual(["release 20241010-4f0c2ab", sizes.fleet.machine.unique]);
    expect(children.reduce((sum, child) => sum + child.bytes, 0)).toBe(bytes);
    expect(children.map((child) => child.label).toSorted()).toEqual(
      ["debian", "base-python", ...services].toSorted(),
    );
    const base = children.find((child) => child.label === "base-python");
    expect(base?.children.map((child) => child.label)).toEqual(
      expect.arrayContaining(["numpy", "headers and padding"]),
    );
    // What they would be if nobody shared anything.
    expect(sizes.fleet.machine.sum).toBeGreaterThan(5 * bytes);
  });

  it("shows what is in a small layer as finely as in a large one", () => {
    const few = Array.from({ length: 10 }, (_, index) => ({
      path: `package-${index}/file`,
      content: content(String(index), 400),
    }));
    const large = [{ path: "torch/lib.so", content: content("t", 4_000_000) }];
    const images = [
      sizedImage([large, few], { name: "web", owners: ["family-torch", "web"] }),
      sizedImage([large]),
    ];
    const web = mapOf(renderScanHtml(greenFleet(), { sizes: sizesFor(images) })).children.find(
      ({ label }) => label === "web",
    );
    expect(web?.children.map(({ label }) => label)).toEqual(
      expect.arrayContaining(few.map(({ path }) => path.replace("/file", ""))),
    );
  });

  it("shows of one image its layers", () => {
    const page = renderScanHtml(greenFleet(), { sizes: sizesOf(["web"]) });
    const { label, children } = mapOf(page);
    expect([label, ...children.map((child) => child.label)]).toEqual([
      "web",
      "layer 0 of debian",
      "layer 1 of base-python",
      "layer 2 of web",
    ]);
  });

  it("says of which platform the sizes are, and which were not measured", () => {
    const sizes = sizesOf(["web"]);
    const textOf = (others: readonly string[]) =>
      sectionOf(renderScanHtml(greenFleet(), { sizes: { ...sizes, others } }), "sizes");
    expect(textOf([])).toContain("On linux/amd64: ");
    expect(textOf([])).not.toContain("not measured");
    expect(textOf(["linux/arm64", "linux/riscv64"])).toContain(
      "On linux/amd64 (linux/arm64 and linux/riscv64 are not measured): ",
    );
  });

  it("tells which images could not be measured, and has no map of nothing", () => {
    const left = ["a", "b"].map((name) => ({ name, why: "its layer is damaged" }));
    const some = sectionOf(renderScanHtml(greenFleet(), { sizes: { ...sizesOf(["web"]), left } }), "sizes");
    expect(some).toContain("<code>a</code>, <code>b</code>: its layer is damaged");
    expect(some).toContain('<section class="treemap"');
    const none = renderScanHtml(greenFleet(), { sizes: { ...sizesFor([]), left } });
    expect(sectionOf(none, "sizes")).toContain("<code>a</code>, <code>b</code>: its layer is damaged");
    expect(none).not.toMatch(/class="treemap"|squarify/);
  });

  it("says which gates are off and what they look for, and that others passed", () => {
    const off = [{ gate: "base", why: "no release yet" }] as const;
    const page = renderScanHtml({ ...greenFleet(), off });
    expect(sectionOf(page, "off")).toMatch(/<b>base<\/b>.*images on a base of which.*no release yet/);
    expect(page).toContain("Every gate that is on looked");
    expect(page).toContain("<li>1 gate off: base</li>");
    expect(renderScanHtml(greenFleet())).toContain("Every gate looked");
  });

  it("folds canaries that did what they must, and never those that did not", () => {
    const [alive, dead] = sectionOf(renderScanHtml(smallFleet()), "canaries").split("<details>").toReversed();
    expect(alive).toContain("4 canaries did what they must");
    expect(alive?.match(/ alive</g)).toHaveLength(4);
    expect(dead).toMatch(/ dead<.*an SBOM that lists nothing/s);
  });

  it("lists what was to be judged among the images, and what was not apart", () => {
    const [table, apart] = sectionOf(renderScanHtml(smallFleet()), "images").split("<details>");
    expect(table).toMatch(/vision_processing_agent.*not judged/s);
    expect(table).not.toContain("emotion_core_agent");
    expect(apart).toMatch(/2 images not scanned.*emotion_core_agent/s);
  });

  it("shows hostile names as text, without what turns its direction", () => {
    const page = renderScanHtml(hostileFleet(), { sizes: sizesOf([`a${HOSTILE}`, "b"], HOSTILE) });
    // The data, the map's and the page's own.
    expect(page.split("</script>")).toHaveLength(4);
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

/** The section with this id, which has sections of its own only at its end. */
function sectionOf(page: string, id: string): string {
  return new RegExp(`<section id="${id}">.*?(?=\n<section id=|\n</main>)`, "s").exec(page)?.[0] ?? "";
}

interface MapNode {
  readonly label: string;
  readonly bytes: number;
  readonly children: readonly MapNode[];
}

/** The map of a page, as its script reads it. */
function mapOf(page: string): MapNode {
  const json = /<section class="treemap".*?<script type="application\/json">(.*?)<\/script>/s.exec(page)?.[1];
  // What the renderer wrote.
  const { texts, roots } = JSON.parse(json ?? "") as TreemapData;
  return unpacked(roots[0] ?? [], texts);
}

function unpacked([label, bytes, , , ...children]: PackedNode, texts: readonly string[]): MapNode {
  return {
    label: texts[Number(label)] ?? "",
    bytes: Number(bytes),
    children: children.flatMap((child) => (typeof child === "number" ? [] : [unpacked(child, texts)])),
  };
}

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
