import { describe, expect, it } from "vitest";
import { shortDigest } from "../../src/core/base/digest.ts";
import { type Inventory, takeInventory } from "../../src/core/inventory/inventory.ts";
import type { Observation } from "../../src/core/inventory/observed.ts";
import { renderInventory } from "../../src/views/render/inventory.ts";
import { renderInventoryHtml } from "../../src/views/render/inventory-html.ts";
import { renderInventoryMarkdown } from "../../src/views/render/inventory-markdown.ts";
import {
  engine,
  HOST,
  held,
  image,
  inRegistry,
  NEW,
  named,
  OLD,
  released,
  repository,
  SILENT,
  withWeb,
} from "./facts.ts";

const HOSTILE = "</script><img src=x onerror=alert(1)>|`\n# no";

describe("text", () => {
  it("shows the last release and what is not in step, with reasons, and counts the rest", () => {
    const text = renderInventory(take({ engines: [engine([held("web", NEW, named("web new"))])] }), {
      all: false,
    });
    expect(text).toMatch(/^IMAGE +TAG +STATE +RELEASED +REGISTRY +LOCAL +SIZE +UNIQUE$/m);
    expect(text).toMatch(new RegExp(`^web +${NEW} +in step`, "m"));
    expect(text).toContain(`api: behind ${NEW}: local lacks it`);
    expect(text).toContain(`release ${NEW}: 1 in step, 1 behind`);
    expect(text).not.toContain(OLD);
  });

  it("shows all of it on demand", () => {
    expect(renderInventory(take(), { all: true })).toContain(OLD);
  });

  it("says who was silent", () => {
    expect(renderInventory(take({ engines: [SILENT] }), { all: false })).toContain("unknown, not missing");
  });

  it("has one line for what a release left in many repositories", () => {
    const left = "20260303-ccccccc";
    const repositories = ["web", "api"].map((name) =>
      repository(name, { ...inRegistry(name), [left]: image(`${name} new`) }),
    );
    const text = renderInventory(take({ registry: { host: HOST, namespace: "demo", repositories } }), {
      all: false,
    });
    expect(text.split("\n").filter((line) => line.includes(left))).toEqual([
      expect.stringMatching(/^2 images: orphaned/),
    ]);
  });

  it("says `same` where the registry has what was released, and else the other digest", () => {
    const moved = { ...inRegistry("web"), [NEW]: image("web old") };
    const text = renderInventory(takeInventory(withWeb(moved, { engines: [] })), { all: false });
    const was = (word: string) => shortDigest(named(word));
    expect(text).toMatch(new RegExp(`^api +${NEW} +in step +${was("api new")} +same `, "m"));
    expect(text).toMatch(new RegExp(`^web +${NEW} +diverged +${was("web new")} +${was("web old")} `, "m"));
  });

  it("has what a release was asked to leave out in yellow, and drift in red", () => {
    const { declared, releases } = released();
    const left = { name: "big", repository: "demo/big", base: "web", unavailable: undefined, machines: [] };
    const last = releases.map((each) => ({
      ...each,
      unavailable: [{ name: "big", why: "of another tier", cause: "choice" as const }],
    }));
    const behind = engine([held("web", NEW, named("web new"))]);
    const taken = take({ declared: [...declared, left], releases: last, engines: [behind] });
    const text = renderInventory(taken, { all: false, paint: (colour, word) => `${colour}(${word})` });
    expect(text).toContain("yellow(left out)");
    expect(text).toContain("red(behind)");
    expect(text).toContain(`big: left out: not in release ${NEW}, by choice: of another tier`);
  });

  it("spells out what would move the cursor, and keeps a reason to one line", () => {
    const why = "failed\n\u001b[2Jnothing to see";
    const [last] = released().releases.slice(-1);
    const left = { name: "big", repository: "demo/big", base: "web", unavailable: undefined, machines: [] };
    const releases = [{ ...last!, unavailable: [{ name: "big", why }] }];
    const text = renderInventory(take({ declared: [...released().declared, left], releases }), {
      all: false,
    });
    expect(text).toContain(`big: behind: not in release ${NEW}: failed \\x1b[2Jnothing to see\n`);
  });

  it("says that nothing was released", () => {
    const nothing = { host: HOST, namespace: "demo", repositories: [] };
    expect(renderInventory(take({ releases: [], registry: nothing, engines: [] }), { all: false })).toContain(
      "never released",
    );
  });
});

describe("Markdown", () => {
  it("has the same bytes for the same observation, in whatever order it came", () => {
    const { registry } = released();
    const turned = { ...registry, repositories: registry.repositories.toReversed() };
    expect(renderInventoryMarkdown(take({ registry: turned }))).toBe(renderInventoryMarkdown(take()));
  });

  it("other bytes for another one (canary)", () => {
    expect(renderInventoryMarkdown(take({ engines: [SILENT] }))).not.toBe(renderInventoryMarkdown(take()));
  });

  it("lets no name end its cell", () => {
    const text = renderInventoryMarkdown(hostile());
    const widths = text
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(widths).size).toBe(1);
    expect(text).not.toMatch(/^# no/m);
    expect(text).not.toMatch(/(?<!\\)<img/);
  });
});

describe("HTML", () => {
  it("loads nothing from anywhere, and runs no name as code", () => {
    const page = renderInventoryHtml(hostile());
    expect(page).not.toMatch(/<[^>]*\b(?:src|href)=|url\(|@import|https?:\/\//);
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
  });

  it("has a row for each image, tag and place", () => {
    const taken = take();
    expect(renderInventoryHtml(taken).match(/<tr data-class/g)).toHaveLength(taken.rows.length);
  });

  it("has each image under the one that it stands on", () => {
    const page = renderInventoryHtml(take());
    expect(page).toMatch(/--depth:0">web</);
    expect(page).toMatch(/--depth:1">api</);
  });

  it("may break a name after its separators only", () => {
    const taken = take();
    const rows = taken.rows.map((row) => ({ ...row, image: "a_b&amp;-c" }));
    expect(renderInventoryHtml({ ...taken, rows })).toContain(">a_<wbr>b&#38;amp;-<wbr>c<");
  });

  it("opens a short list of changes, and keeps a long one closed", () => {
    const change = { name: "web", change: "changed", before: undefined, after: undefined, bytes: 0 } as const;
    const page = (count: number) =>
      renderInventoryHtml({
        ...take(),
        since: { release: OLD, changes: Array.from({ length: count }, () => change) },
      });
    expect(page(12)).toContain("<details open>");
    expect(page(13)).toContain("<details>");
  });
});

function take(change: Partial<Observation> = {}): Inventory {
  return takeInventory(released(change));
}

/** Engines are other people's: their words may be anything. */
function hostile(): Inventory {
  const silent = { ...SILENT, name: HOSTILE, why: HOSTILE };
  return takeInventory(withWeb({ ...inRegistry("web"), [NEW]: image("web old") }, { engines: [silent] }));
}
