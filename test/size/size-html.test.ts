import { describe, expect, it } from "vitest";
import { renderSizeHtml } from "../../src/views/render/size-html.ts";
import type { SizeView } from "../../src/views/render/size-view.ts";
import { hostileSizes, sizeReport } from "./size-reports.ts";
import { content, sizedImage } from "./sized.ts";

describe("the page of sizes", () => {
  it("is the same bytes each time, and reaches nothing outside", () => {
    const page = renderSizeHtml(sizeReport());
    expect(renderSizeHtml(sizeReport())).toBe(page);
    expect(page).not.toMatch(/(src|href)="?(https?:)?\/\//);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"`,
    );
  });

  it("shows hostile names as text, without what turns its direction", () => {
    const page = renderSizeHtml(hostileSizes());
    expect(page.split("</script>")).toHaveLength(3);
    expect(page).not.toContain("<img");
    expect(page).not.toMatch(/\p{Bidi_Control}/u);
    expect(page).not.toMatch(/\u2028|\u2029/);
  });

  it("says what was not measured, also where nothing was", () => {
    expect(renderSizeHtml(sizeReport())).toContain("<b>gone</b>");
    const none: SizeView = { ...sizeReport(), images: [], growth: undefined };
    expect(renderSizeHtml(none)).toContain("0 images");
  });

  it("of an image with very many files and owners stays small, and is soon made", () => {
    const items = Array.from({ length: 50_000 }, (_, index) => ({
      path: `package${index % 20_000}/file${index}.py`,
      content: content("x", 1 + (index % 7)),
    }));
    const started = performance.now();
    const size = sizedImage([items]);
    const page = renderSizeHtml({
      ...sizeReport(),
      images: [{ source: "here", tier: undefined, size }],
      growth: undefined,
    });
    expect(page.length).toBeLessThan(600_000);
    expect(page).toContain('"total":20000');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
