import markdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { GATES, type ScanReport, type WaiverUse } from "../../src/core/policy/gates/gate.ts";
import { commentCode, commentText } from "../../src/views/render/comment-text.ts";
import { renderScanMarkdown } from "../../src/views/render/scan-markdown.ts";
import * as finding from "../kit/scan-findings.ts";
import { bigFleet, greenFleet, HOSTILE, hostileFleet, smallFleet } from "../kit/scan-fleets.ts";
import { CANARIES, SOURCES, scannedImage, scanReport } from "../kit/scan-report.ts";

/** As a code host reads it: HTML is HTML, and addresses are links. */
const reader = markdownIt({ html: true, linkify: true });
const GOLDEN = "../fixtures/render";

describe("a scan as a comment", () => {
  it("tells what is not green first, then what to fix, and folds the rest (golden)", async () => {
    await expect(renderScanMarkdown(smallFleet())).toMatchFileSnapshot(`${GOLDEN}/scan-small.md`);
  });

  it("is short where nothing is wrong (golden)", async () => {
    await expect(renderScanMarkdown(greenFleet())).toMatchFileSnapshot(`${GOLDEN}/scan-green.md`);
  });

  it("stays under 60 lines for 74 images, and whatever is wrong with them", () => {
    for (const report of [bigFleet(), everythingWrong()]) {
      const text = renderScanMarkdown(report);
      expect(text.split("\n").length).toBeLessThan(60);
      expect(text.length).toBeLessThan(20_000);
      expect(text).toMatch(/\| and \d+ more \|/);
    }
  });

  it("has what somebody else wrote as text: no tag, no link, nobody called", () => {
    const html = reader.render(renderScanMarkdown(hostileFleet()));
    expect(html).not.toMatch(/<(img|script|a|em|h[13-6])\b/);
    expect(html).not.toMatch(/\p{Bidi_Control}/u);
    // Within code a code host looks for nothing.
    const prose = html.replaceAll(/<code>[^<]*<\/code>/g, "").replaceAll(/<[^>]*>/g, "");
    expect(prose).toContain("everyone");
    expect(prose).not.toMatch(/@everyone|#1\b|www\.example/);
  });

  it("keeps each row in its columns, and each list in its fold", () => {
    const html = reader.render(renderScanMarkdown(hostileFleet()));
    const plain = reader.render(renderScanMarkdown(smallFleet()));
    const cells = (of: string) =>
      [...of.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([row]) => row.match(/<t[hd]>/g)?.length);
    expect(cells(html)).toEqual(cells(plain));
    expect(cells(plain).length).toBeGreaterThan(10);
    expect(html.match(/<details>/g)).toHaveLength(2);
    expect(html.match(/<\/details>/g)).toHaveLength(2);
  });
});

describe("text of other programs in a comment", () => {
  const TRAPS = [
    HOSTILE,
    "a | b",
    "_x_ ~~y~~ **z** $a$",
    "&lt;b&gt;",
    "http://x.y",
    "GH-1 a/b#3 @x/y",
    "x\\",
    "`a`|`b",
    "a\\|b",
    "\\",
    "",
    " ",
  ];

  it.each(TRAPS)("reads as it was written: %j", (text) => {
    for (const form of [commentText, commentCode]) {
      const html = reader.render(
        `| a | b |\n| --- | --- |\n| ${form(text).replaceAll("|", "\\|")} | end |\n`,
      );
      const [, cell = "", last] = [...html.matchAll(/<td>(.*?)<\/td>/g)]
        .map(([, each]) => each)
        .reduce<readonly (string | undefined)[]>((all, each) => [...all, each], [""]);
      expect(last).toBe("end");
      expect(cell.replaceAll(/<\/?code>|\u200b/g, "")).toBe(shownAs(text));
    }
  });

  it("is cut at some length", () => {
    expect(commentText("x".repeat(1e5)).length).toBeLessThan(400);
    expect(commentCode("`".repeat(1e5)).length).toBeLessThan(900);
  });

  /** As HTML; what `printable` spells out is spelt out. */
  function shownAs(text: string): string {
    const line = text
      .replaceAll(/\s+/g, " ")
      .trim()
      .replace("\u202e", "\\u{202e}")
      .replace("\u001b", "\\x1b");
    return line
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;");
  }
});

function everythingWrong(): ScanReport {
  const images = Array.from({ length: 74 }, (_, index) =>
    scannedImage({
      name: `image-${index}`,
      found: {
        vulnerabilities: [{ ...finding.HIGH, owner: `image-${index}` }, finding.UNFIXED],
        secrets: [finding.SECRET],
      },
    }),
  );
  const waivers = Array.from(
    { length: 90 },
    (_, index): WaiverUse => ({
      ...finding.WAIVER,
      from: "2024-09-01",
      gate: "secrets",
      id: `w-${index}`,
      image: "*",
      state: index % 2 === 0 ? "expired" : "unused",
      count: 0,
    }),
  );
  return scanReport([...images, scannedImage({ name: "good" })], {
    pinned: true,
    waivers,
    left: Array.from({ length: 60 }, (_, index) => ({
      name: `left-${index}`,
      why: `unread ${index % 2}`,
      asked: index % 4 < 2,
    })),
    off: GATES.map((gate) => ({ gate, why: "not now" })),
    canaries: [...CANARIES.map((each) => ({ ...each, alive: false })), ...CANARIES],
    sources: [...SOURCES, ...SOURCES, ...SOURCES],
  });
}
