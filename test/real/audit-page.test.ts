import { describe, expect, it } from "vitest";
import { renderAuditHtml } from "../../src/views/render/audit-html.ts";
import { runInPage } from "../kit/browser.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { hostileReport, pageReport } from "../render/audit-reports.ts";

const browser = requirePeer("chromium");

/** What the driver's scripts ask the page for. */
const ASK = `
const names = () => [...document.querySelectorAll("#list tbody tr a")].map((link) => link.textContent);
const boxes = () => [...document.querySelectorAll("#chain svg a:has(rect) text:first-of-type")].map((each) => each.textContent);
const title = () => document.querySelector("#chain h3")?.textContent;
const tab = (name) => [...document.querySelectorAll("[role=tab]")].find((each) => each.textContent.startsWith(name));
const row = (name) => [...document.querySelectorAll("#list tbody tr a")].find((link) => link.textContent === name);
const box = (name) => [...document.querySelectorAll("#chain svg a")].find((link) => link.textContent.includes(name));
const follow = (link) => go(() => link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })));
`;

describe.skipIf(browser === undefined)("the audit's page in a browser", () => {
  const page = renderAuditHtml(pageReport());
  const run = (script: string, of = page) => runInPage(browser ?? "", of, `${ASK}${script}`);

  it("filters, by words and by use, and sorts", () => {
    const found = run(`
      const all = names();
      [...document.querySelectorAll(".chip")].find((chip) => chip.textContent.startsWith("unused")).click();
      const unused = names();
      const filter = document.getElementById("filter"); filter.value = "LIBCURL"; filter.oninput();
      const filtered = names(), count = document.getElementById("count").textContent;
      filter.value = ""; filter.oninput();
      const sort = () => document.querySelector("#list th button").click();
      sort(); const up = names(); sort(); const down = names();
      return { all, unused, filtered, count, up, down };`);
    expect(found).toEqual({
      all: ["libc6", "python3.11", "zlib1g", "curl", "libcurl4"],
      unused: ["curl", "libcurl4"],
      filtered: ["libcurl4"],
      count: "1 of 5",
      up: ["curl", "libcurl4"],
      down: ["libcurl4", "curl"],
    });
  });

  it("draws the chain of what is missing, and every box leads on, both ways and back", () => {
    const found = run(`
      await go(() => tab("Missing").click());
      await follow(row("libnone.so.3"));
      const chain = boxes(), missing = title();
      await follow(box("fast._core"));
      const module = title(), around = boxes();
      await follow([...document.querySelectorAll("#chain svg a:not(:has(rect))")].find((each) => each.textContent.endsWith("distribution")));
      const distribution = title();
      await go(() => history.back());
      return { chain, missing, module, around, distribution, back: title() };`);
    expect(found).toEqual({
      chain: [
        "python app.py",
        "/app/app.py",
        "fast",
        "fast._core",
        expect.stringMatching(/^….*x86_64-linux-gnu\.so$/),
        "libnone.so.3",
      ],
      missing: "missing library libnone.so.3",
      module: "module fast._core",
      around: [
        "python app.py",
        "/app/app.py",
        "fast",
        "fast._core",
        expect.stringMatching(/^….*x86_64-linux-gnu\.so$/),
      ],
      distribution: "distribution fast",
      back: "module fast._core",
    });
  });

  it("says of a package which files of it are in use, and what brings it in", () => {
    const found = run(
      `await follow(row("zlib1g")); return { boxes: boxes().slice(-3), text: document.getElementById("chain").textContent };`,
    );
    expect(found).toMatchObject({
      boxes: ["libz.so.1", "fast", "zlib1g"],
      text: expect.stringContaining("brought by docker/my base/Dockerfile:2"),
    });
  });

  it("is used by keys: arrows between lists, Enter on a box, Escape closes; the focus stays in the chain", () => {
    const found = run(`
      tab("Packages").focus();
      await go(() => press("ArrowRight", document.activeElement));
      const next = document.activeElement.textContent;
      await follow(row("fast"));
      const inTabOrder = [...document.querySelectorAll("#chain svg a")].every((link) => link.tabIndex === 0);
      box("/app/app.py").focus();
      await follow(document.activeElement);
      const focus = document.activeElement.getAttribute("class");
      await go(() => press("Escape", document.activeElement));
      return { next, inTabOrder, focus, closed: title() ?? null };`);
    expect(found).toEqual({
      next: expect.stringMatching(/^Distributions/),
      inTabOrder: true,
      focus: "code focus",
      closed: null,
    });
  });

  it("runs nothing that is written in a name, whatever is opened", () => {
    const found = run(
      `
      let alerts = 0; window.alert = () => { alerts++; };
      for (const name of ["Packages", "Distributions", "Missing", "Mismatches", "Modules", "Uncertain"]) {
        if (tab(name).ariaSelected !== "true") await go(() => tab(name).click());
        const link = document.querySelector("#list tbody tr a:not(#chain a)");
        if (link !== null) await follow(link);
      }
      await new Promise((done) => setTimeout(done, 500));
      return { alerts, images: document.images.length, shown: document.getElementById("list").textContent.includes("</script><img src=x") };`,
      renderAuditHtml(hostileReport()),
    );
    expect(found).toEqual({ alerts: 0, images: 0, shown: true });
  });
});
