import { describe, expect, it } from "vitest";
import { renderScanHtml } from "../../src/views/render/scan-html.ts";
import { runInPage } from "../kit/browser.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { bigFleet, HOSTILE, hostileFleet, hugeFleet, smallFleet } from "../kit/scan-fleets.ts";
import { sizesOf } from "../render/scan-sizes.ts";

const browser = requirePeer("chromium");

/** What the driver's scripts ask the page for. */
const ASK = `
const ids = () => [...document.querySelectorAll("#list tbody button.open")].map((each) => each.textContent);
const count = () => document.getElementById("count").textContent;
const chip = (facet, value) => document.querySelector('[data-facet="' + facet + '"] [data-value="' + value + '"]');
const head = (title) => [...document.querySelectorAll("#list th button")].find((each) => each.textContent === title);
const type = async (words) => { const filter = document.getElementById("filter"); filter.value = words; filter.oninput(); await later(300); };
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const imageNames = () => [...document.querySelectorAll("#image-list tbody tr:not([hidden], .detail)")].map((row) => row.cells[0].textContent.replace(/ gpu$/, ""));
const imageHead = (title) => [...document.querySelectorAll("#image-list th button")].find((each) => each.textContent === title);
`;

describe.skipIf(browser === undefined)("the scan's page in a browser", () => {
  const page = renderScanHtml(smallFleet());
  const run = (script: string, of = page) => runInPage(browser ?? "", of, `${ASK}${script}`);

  it("lists the gravest first, each finding once, and filters by words, state, severity, gate, image and owner", () => {
    const found = run(`
      const all = ids(), counted = count();
      await type("LIBEXPAT1 critical"); const words = ids();
      await type(""); chip("state", "denied").click(); chip("severity", "high").click(); const denied = ids();
      const counts = [chip("severity", "critical"), chip("state", "waived")].map((each) => each.textContent);
      document.getElementById("clear").click(); chip("gate", "secrets").click(); const secrets = ids();
      document.getElementById("clear").click();
      const image = document.getElementById("image"); image.value = "family-web"; image.onchange(); const web = ids();
      document.getElementById("clear").click();
      const owner = document.getElementById("owner"); owner.value = "base-utils"; owner.onchange(); const utils = ids();
      await type("nothing is called so");
      return { all, counted, words, denied, counts, secrets, web, utils, none: count(), left: ids() };`);
    expect(found).toEqual({
      all: [
        "CVE-2024-45491",
        "github-token",
        "CVE-2024-7804",
        "over-budget",
        "root-user",
        "CVE-2024-5535",
        "GHSA-9wx4-h78v-vm56",
        "nothing-scanned",
        "layer-unread",
        "CVE-2024-5535",
        "CVE-2023-7008",
      ],
      counted: "11 findings, 25 with each image counted",
      words: ["CVE-2024-45491"],
      denied: ["CVE-2024-5535"],
      counts: ["critical 2", "~ waived 1"],
      secrets: ["github-token", "layer-unread"],
      web: ["CVE-2024-5535"],
      utils: ["GHSA-9wx4-h78v-vm56"],
      none: "No finding is like that.",
      left: [],
    });
  });

  it("sorts by any column, both ways and back", () => {
    const found = run(`
      const first = (few) => ids().slice(0, few);
      const before = ids(); head("Finding").click(); const up = first(3); head("Finding").click(); const down = first(2);
      head("Finding").click(); const back = ids().join() === before.join();
      head("Severity").click(); const severity = first(2); head("Images").click(); head("Images").click(); const images = first(3);
      return { up, down, back, severity, images, sort: head("Images").parentNode.ariaSort };`);
    expect(found).toEqual({
      up: ["CVE-2023-7008", "CVE-2024-45491", "CVE-2024-5535"],
      down: ["root-user", "over-budget"],
      back: true,
      severity: ["CVE-2024-45491", "CVE-2024-7804"],
      images: ["CVE-2024-45491", "CVE-2024-5535", "CVE-2023-7008"],
      sort: "descending",
    });
  });

  it("keeps what is chosen in the address, and reads it from there", () => {
    const found = run(`
      chip("state", "denied").click(); await type("base-python");
      const written = location.hash;
      await go(() => { location.hash = "#findings?owner=service_registry&state=denied"; });
      const link = { ids: ids(), owner: document.getElementById("owner").value, pressed: chip("state", "denied").ariaPressed };
      await go(() => document.querySelector("#fix li:nth-child(2) details p a").click());
      return { written, link, fix: ids(), words: document.getElementById("filter").value };`);
    expect(found).toEqual({
      written: "#findings?words=base-python&state=denied",
      link: { ids: ["github-token"], owner: "service_registry", pressed: "true" },
      fix: ["GHSA-9wx4-h78v-vm56"],
      words: "",
    });
  });

  it("opens a finding to all that is known of it, with the images that have it", () => {
    const found = run(`
      document.querySelector("#list button.open").click();
      const detail = document.querySelector("#list .detail"), terms = Object.fromEntries([...detail.querySelectorAll("dt")].map((each) => [each.textContent, each.nextSibling.textContent]));
      const focused = document.activeElement.textContent, expanded = document.activeElement.ariaExpanded;
      document.activeElement.click();
      return { terms, focused, expanded, left: document.querySelectorAll("#list .detail").length };`);
    expect(found).toEqual({
      terms: {
        what: "libexpat1 2.5.0-1 has CVE-2024-45491: a hostile peer reads past the end of a buffer",
        component: "pkg:deb/debian/libexpat1@2.5.0-1?arch=amd64&distro=debian-12",
        "mended by": "2.5.0-1+deb12u1",
        "also called": "DSA-5491-1",
        "said by": "osv, suite",
        layer: "2: docker/base-images/base-python/Dockerfile:9",
        "brought at": "docker/base-images/base-python/Dockerfile:9:1",
        images: "base-python, base-utils, base-cpu-pydeps, service_registry, family-torch-cu121",
      },
      focused: "CVE-2024-45491",
      expanded: "true",
      left: 0,
    });
  });

  it("shows images under their bases, filters and sorts them, and opens their verdicts", () => {
    const found = run(`
      const all = imageNames(), depth = [...document.querySelectorAll("#image-list tbody tr")].map((row) => row.style.getPropertyValue("--depth")).join("");
      document.querySelector('.chip[data-outcome="denied"]').click(); const denied = imageNames().length;
      document.querySelector('.chip[data-outcome="denied"]').click();
      imageHead("Compressed").click(); const largest = imageNames().slice(0, 2);
      imageHead("Denied").click(); const most = imageNames()[0];
      document.getElementById("tree").click(); const back = imageNames().join() === all.join();
      const row = [...document.querySelectorAll("#image-list tbody tr")].find((each) => each.dataset.name === "base-gpu-cu121");
      row.querySelector("button").click();
      const verdicts = row.nextSibling.textContent;
      return { all, depth, denied, largest, most, back, verdicts, unknown: row.cells[4].textContent };`);
    expect(found).toEqual({
      all: [
        "vision_processing_agent",
        "base-python",
        "base-utils",
        "base-cpu-pydeps",
        "family-web",
        "service_registry",
        "memory_fusion_hub",
        "base-gpu-cu121",
        "family-torch-cu121",
        "legacy-py310-cpu",
        "intention_validator_agent",
        "legacy-tools",
      ],
      depth: "001234323010",
      denied: 6,
      largest: ["family-torch-cu121", "base-gpu-cu121"],
      most: "service_registry",
      back: true,
      verdicts: expect.stringMatching(/secrets\? unknown layer 4 is larger.*budget✓ passed.*its 1 finding$/),
      unknown: "0 + ?",
    });
  });

  it("is used by keys alone: everything that acts is a button, a link or a field, and keeps the focus", () => {
    const found = run(`
      const clickable = [...document.querySelectorAll("*")].filter((each) => each.onclick !== null && !["BUTTON", "A"].includes(each.tagName));
      const fields = [...document.querySelectorAll("input, select")].filter((each) => each.ariaLabel === null && each.closest("label") === null);
      chip("severity", "high").focus(); document.activeElement.click();
      const chipFocus = document.activeElement.dataset.value;
      head("State").focus(); document.activeElement.click();
      return { clickable: clickable.length, fields: fields.length, chipFocus, headFocus: document.activeElement.textContent };`);
    expect(found).toEqual({ clickable: 0, fields: 0, chipFocus: "high", headFocus: "State" });
  });

  it("runs nothing that is written in a name, breaks nowhere, and reaches nothing outside", () => {
    const found = run(
      `
      let alerts = 0; window.alert = () => { alerts++; };
      for (const button of document.querySelectorAll("button.open")) button.click();
      for (const each of document.querySelectorAll("details")) each.open = true;
      for (const facet of ["state", "severity", "gate"]) for (const value of [...document.querySelectorAll('[data-facet="' + facet + '"] .chip')].map((each) => each.dataset.value)) chip(facet, CSS.escape(value)).click();
      await go(() => document.querySelector('#image-list a[href^="#findings"]').click());
      const chosen = ids().length;
      await type("@everyone");
      await later(300);
      for (let depth = 0; depth < 3; depth++) { document.querySelector("#size-map .tile.opens")?.click(); await later(50); }
      for (const tile of document.querySelectorAll("#size-map .tile")) tile.focus();
      const trail = document.querySelectorAll("#size-map .trail li").length;
      const elements = [...document.querySelectorAll("body *")].map(({ tagName }) => tagName);
      return { alerts, errors, trail, chosen: chosen > 0, images: document.images.length, shown: document.getElementById("list").textContent.includes("</script><img src=x"),
        odd: [...new Set(elements)].filter((name) => ["IMG", "IFRAME", "OBJECT", "EMBED", "LINK", "FORM"].includes(name)), requests: performance.getEntriesByType("resource").length };`,
      listening(renderScanHtml(hostileFleet(), { sizes: sizesOf([HOSTILE, "b"], HOSTILE) })),
    );
    expect(found).toEqual({
      alerts: 0,
      errors: [],
      trail: 3,
      chosen: true,
      images: 0,
      shown: true,
      odd: [],
      requests: 0,
    });
  });

  it("has a map of sizes that is opened by clicks, keys and its address, beside the table of findings", () => {
    const sizes = sizesOf(["service_registry", "memory_fusion_hub"]);
    const found = run(
      `
      const tiles = () => [...document.querySelectorAll("#size-map .tile")].map((each) => each.ariaLabel.split(",")[0]).toSorted();
      const trail = () => [...document.querySelectorAll("#size-map .trail li")].map((each) => each.textContent);
      await later(100);
      const fleet = tiles();
      await go(() => [...document.querySelectorAll("#size-map .tile")].find((each) => each.ariaLabel.startsWith("base-python")).click());
      await later(100);
      const opened = { tiles: tiles(), trail: trail(), address: location.hash.replace(/[0-9.]+$/, "") };
      document.querySelector("#size-map .tile").focus(); await go(() => press("Escape", document.activeElement)); await later(100);
      const out = trail();
      const owners = [...document.querySelectorAll("#size-map .parts li span:first-child")].map((each) => each.textContent);
      const at = fleet.length > 0 ? document.querySelector("#size-map .tile").dataset.place : "";
      await go(() => { location.hash = "#size-map:" + at; }); await later(100);
      const byAddress = trail().length;
      await go(() => { location.hash = "#findings?state=denied"; });
      const findings = ids().length > 0 && chip("state", "denied").ariaPressed;
      await type("libexpat1"); const both = { hash: location.hash, trail: trail().length };
      return { fleet, opened, out, owners: owners.length, byAddress, findings, both, errors };`,
      listening(renderScanHtml(smallFleet(), { sizes })),
    );
    expect(found).toEqual({
      fleet: ["base-python", "debian", "memory_fusion_hub", "service_registry"],
      opened: {
        tiles: ["headers and padding", "numpy"],
        trail: ["release 20241010-4f0c2ab", "base-python"],
        address: "#size-map:",
      },
      out: ["release 20241010-4f0c2ab"],
      owners: 4,
      byAddress: 2,
      findings: "true",
      both: { hash: "#findings?words=libexpat1&state=denied", trail: 2 },
      errors: [],
    });
  });

  it("has no error in whatever is opened, sorted and chosen of 74 images (and tells of one: canary)", () => {
    const walk = `
      for (const button of document.querySelectorAll("#list th button, #image-list th button, button.open, .chip")) { if (button.isConnected) button.click(); }
      for (const title of ["Finding", "State", "Severity", "Component", "Brought by", "Gate", "Images"]) head(title)?.click();
      await type("deb");`;
    const listened = listening(renderScanHtml(bigFleet()));
    expect(run(`${walk} return errors;`, listened)).toEqual([]);
    expect(run(`setTimeout(() => planted()); await later(100); return errors;`, listened)).toEqual([
      expect.stringContaining("planted is not defined"),
    ]);
  });

  it("stays quick with 74 images of 2,000 findings each, and draws only what is looked at", () => {
    const found = run(
      `
      const time = (work) => { const start = performance.now(); work(); return performance.now() - start; };
      const drawn = ids().length, all = count();
      const chosen = time(() => chip("severity", "critical").click());
      const sorting = time(() => head("Component").click());
      const filter = document.getElementById("filter"); filter.value = "openssl";
      const searching = time(() => choose({ words: "openssl" }));
      return { drawn, all, left: ids().length, slowest: Math.max(chosen, sorting, searching) };`,
      renderScanHtml(hugeFleet()),
    ) as { readonly slowest: number };
    expect(found).toMatchObject({
      drawn: 100,
      left: 100,
      all: expect.stringMatching(/^14\d,\d{3} findings/),
    });
    // Some 0.2 s where nothing else runs.
    expect(found.slowest).toBeLessThan(3000);
  });
});

/** The page, and before its own script one that keeps what goes wrong: errors, and what its policy refused. */
function listening(page: string): string {
  const script = `<script>const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => errors.push(event.violatedDirective));
console.error = (...words) => errors.push(words.join(" "));</script>`;
  return page.replace("</head>", `${script}</head>`);
}
