import { describe, expect, it } from "vitest";
import { htmlPage } from "../../src/views/render/html-page.ts";
import { renderSizeHtml } from "../../src/views/render/size-html.ts";
import { treemapFragment } from "../../src/views/render/treemap.ts";
import { TREEMAP_SCRIPT } from "../../src/views/render/treemap-script.ts";
import { TREEMAP_STYLE } from "../../src/views/render/treemap-style.ts";
import { runInPage } from "../kit/browser.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { HOSTILE } from "../render/audit-reports.ts";
import { hostileSizes, sizeReport } from "../size/size-reports.ts";

const browser = requirePeer("chromium");

/** What the driver's scripts ask the page for. */
const ASK = `
const tiles = () => [...document.querySelectorAll(".treemap .tile")];
const labels = () => tiles().map((tile) => tile.getAttribute("aria-label").split(", ")[0]);
const tile = (name) => tiles().find((each) => each.getAttribute("aria-label").startsWith(name + ", "));
const trail = () => [...document.querySelectorAll(".treemap .trail li")].map((each) => each.textContent);
const told = () => document.querySelector(".treemap .told").textContent;
const tab = (name) => [...document.querySelectorAll("[role=tab]")].find((each) => each.textContent.startsWith(name));
const column = (at) => [...document.querySelectorAll("#list tbody tr")].map((row) => row.children[at].textContent);
const area = (element) => { const { width, height } = element.getBoundingClientRect(); return width * height; };
`;

describe.skipIf(browser === undefined)("the page of sizes in a browser", () => {
  const page = renderSizeHtml(sizeReport());
  const run = (script: string, of = page) => runInPage(browser ?? "", of, `${ASK}${script}`);

  it("draws tiles as large as what they stand for", () => {
    const found = run(`
      const all = document.querySelector(".treemap .map");
      return { labels: labels(), shares: tiles().map((each) => Math.round(100 * area(each) / area(all))) };`);
    const { unique } = sizeReport().fleet.machine;
    const sizes = sizeReport().images.map(({ size }) => size.layers.at(-1)?.unpacked ?? 0);
    const shares = [sizes[0], sizes[1], sizes[2]].map((bytes = 0) => Math.round((100 * bytes) / unique));
    expect(found).toEqual({ labels: ["base", "web", "api"], shares });
  });

  it("leads from an image to a layer, a package and a file, and back", () => {
    const found = run(`
      await go(() => document.querySelector("[data-view='2']").click());
      const layers = labels();
      await go(() => tile("layer 0 of base").click());
      const whose = labels(), focus = document.activeElement.getAttribute("aria-label").split(", ")[0];
      await go(() => tile("lib").click());
      const files = labels(), where = trail(), address = location.hash;
      tile("base.so").dispatchEvent(new MouseEvent("mouseenter"));
      const file = told();
      await go(() => history.back());
      const back = trail();
      await go(() => document.querySelector(".treemap .trail button").click());
      return { layers, whose, focus, files, where, address, file, back, out: trail() };`);
    expect(found).toEqual({
      layers: ["layer 0 of base", "layer 1 of web"],
      whose: ["lib", "replaced or deleted later", "headers and padding"],
      focus: "lib",
      files: ["base.so", "copy.so"],
      where: ["web", "layer 0 of base", "lib"],
      address: "#2/0.0",
      file: "base.so file, 400 kB, 50.0 % of lib, 34.5 % of all. /lib/base.so",
      back: ["web", "layer 0 of base"],
      out: ["web"],
    });
  });

  it("is used by keys: arrows between tiles, Enter opens, Escape leads out, and the focus stays", () => {
    const found = run(`
      await go(() => document.querySelector("[data-view='2']").click());
      const inTabOrder = tiles().filter((each) => each.tabIndex === 0).length;
      tiles()[0].focus();
      press("End", document.activeElement);
      const last = document.activeElement.getAttribute("aria-label").split(", ")[0];
      press("ArrowLeft", document.activeElement);
      const left = document.activeElement.getAttribute("aria-label").split(", ")[0];
      await go(() => document.activeElement.click());
      const inside = trail().at(-1);
      await go(() => press("Escape", document.activeElement));
      return { inTabOrder, last, left, inside, out: trail(), focus: document.activeElement.getAttribute("aria-label").split(", ")[0] };`);
    expect(found).toEqual({
      inTabOrder: 1,
      last: "layer 1 of web",
      left: "layer 0 of base",
      inside: "layer 0 of base",
      out: ["web"],
      focus: "layer 0 of base",
    });
  });

  it("lists, filters and sorts tables", () => {
    const found = run(`
      const images = column(0), heads = [...document.querySelectorAll("#list th")].map((each) => each.textContent);
      document.querySelectorAll("#list th button")[4].click();
      const wasteful = column(0);
      tab("Stored again").click();
      const again = column(3);
      const filter = document.getElementById("filter"); filter.value = "NUMPY"; filter.oninput();
      const filtered = column(3), count = document.getElementById("count").textContent;
      filter.value = ""; filter.oninput();
      tab("Growth").click();
      return { images, heads, wasteful, again, filtered, count, growth: column(2) };`);
    expect(found).toEqual({
      images: ["base", "web", "api"],
      heads: ["Image", "Compressed", "Unpacked", "Its own", "Wasted", "Stored twice in it", "Files"],
      wasteful: ["web", "base", "api"],
      again: ["lib", "numpy", "etc"],
      filtered: ["numpy"],
      count: "1 of 3",
      growth: ["=", "-", "+55.8 kB"],
    });
  });

  it("runs nothing that is written in a name, whatever is opened", () => {
    const found = run(
      `
      let alerts = 0; window.alert = () => { alerts++; };
      for (const card of document.querySelectorAll("[data-view]")) {
        await go(() => card.click());
        for (const each of [...document.querySelectorAll("[role=tab]")].map((_, at) => at)) document.querySelectorAll("[role=tab]")[at(each)]?.click();
        for (let depth = 0; depth < 3; depth++) {
          for (const each of tiles()) each.dispatchEvent(new MouseEvent("mouseenter"));
          const open = document.querySelector(".treemap .tile.opens");
          if (open !== null) await go(() => open.click());
        }
      }
      function at(index) { return index; }
      await new Promise((done) => setTimeout(done, 500));
      return { alerts, images: document.images.length, shown: document.body.textContent.includes("</script><img src=x") };`,
      renderSizeHtml(hostileSizes()),
    );
    expect(found).toEqual({ alerts: 0, images: 0, shown: true });
  });

  it("puts a map into another page, more than one beside each other", () => {
    const tree = {
      label: "all",
      bytes: 10,
      children: [
        { label: HOSTILE, bytes: 6, children: [{ label: "x", bytes: 6 }] },
        { label: "b", bytes: 4 },
      ],
    };
    const other = htmlPage({
      title: "two",
      style: TREEMAP_STYLE,
      script: TREEMAP_SCRIPT,
      body:
        treemapFragment(tree, { id: "one", title: "One" }) +
        treemapFragment({ label: "none", bytes: 0 }, { id: "two", title: "Two" }),
    });
    const found = run(
      `
      let alerts = 0; window.alert = () => { alerts++; };
      const count = tiles().length;
      await go(() => tiles()[0].click());
      return { alerts, count, labels: labels(), address: location.hash, maps: document.querySelectorAll(".treemap .map").length };`,
      other,
    );
    expect(found).toEqual({ alerts: 0, count: 2, labels: ["x"], address: "#one:0", maps: 2 });
  });
});
