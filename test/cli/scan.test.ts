import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../src/core/policy/gates/gate.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { columnsOf, withoutColour } from "../../src/views/render/progress-text.ts";
import { fixedSource } from "../kit/fixed-source.ts";
import { type GatedOptions, gatedMachine, WAIVERS_FILE } from "../kit/gated-machine.ts";
import { createTestMachine, gitAt, type TestMachine } from "../kit/world.ts";
import { call, json } from "./call.ts";

const VULNERABLE = fixedSource({
  known: [
    { id: "CVE-2026-1", name: "requests", version: "2.32.3", fixed: ["2.32.4"] },
    { id: "CVE-2026-2", name: "libc6", version: "2.36-9", severity: "low" },
  ],
});

/** A machine whose fleet was released while nothing was wrong. */
async function releasedMachine(options: GatedOptions = {}): Promise<TestMachine> {
  const machine = await gatedMachine(options);
  const { exit, err } = await call(machine, ["release"]);
  if (exit !== 0) throw new Error(`the release ended with ${exit}: ${err}`);
  return machine;
}

describe("scan ends", () => {
  it("with 0 where everything passes", async () => {
    const { exit, out } = await call(await releasedMachine(), ["scan"]);
    expect(out).toMatch(/^base {2}passed {3}10 gates passed\n/);
    expect(out).toMatch(/\nGates of sample, release \S+: passed\n {2}4 images: 4 passed\n/);
    expect(exit).toBe(0);
  });

  it("with 1 where an image is denied, and says what to fix first", async () => {
    const machine = await releasedMachine();
    machine.sources = [VULNERABLE];
    const { exit, out } = await call(machine, ["scan"]);
    expect(exit).toBe(1);
    expect(out).toContain("what to fix first\n");
    expect(out).toContain("requests 2.32.3 (pypi): high, in 4 images");
    expect(out).toMatch(/\nGates of sample, release \S+: denied\n/);
    expect(out).not.toContain("CVE-2026-2");
    expect(out).toContain("4 notes that block nothing");
  });

  it.each([
    ["matches nothing", { until: "2026-03-20" }, /unused {3}user: root-user in web\n {4}matches nothing;/],
    ["is over", { until: "2026-03-03" }, /expired {2}user: root-user in web\n {4}covers nothing;/],
  ])("with 1 where a waiver %s, though every image passes", async (_what, waiver, shown) => {
    const machine = await releasedMachine({
      waivers: [{ gate: "user", id: "root-user", image: "web", ...waiver }],
    });
    const { exit, out } = await call(machine, ["scan"]);
    expect(out).toMatch(/: passed\n {2}4 images: 4 passed\n/);
    expect(out).toMatch(shown);
    expect(exit).toBe(1);
  });

  it("with 0 where a waiver has not begun, which covers nothing yet", async () => {
    const waiver = { gate: "user", id: "root-user", image: "web", from: "2026-04-01", until: "2026-04-20" };
    const { exit, out } = await call(await releasedMachine({ waivers: [waiver] }), ["scan"]);
    expect(out).toMatch(
      /pending {2}user: root-user in web\n {4}not begun until 2026-04-01; until 2026-04-20\n/,
    );
    expect(exit).toBe(0);
  });

  it("with 1 where an image that was named is not there to be judged", async () => {
    const machine = await releasedMachine();
    machine.files["new/Dockerfile"] = "FROM base\n";
    machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
      "build:\n",
      "  new:\n    dockerfile: new/Dockerfile\n    context: new\nbuild:\n",
    );
    const { exit, out } = await call(machine, ["scan", "base", "new"]);
    expect(out).toContain("not scanned\n  new\n    the tree makes another one, which is not built\n");
    expect(out).toMatch(/: unknown\n {2}1 image: 1 passed\n {2}1 image could not be judged\n/);
    expect(exit).toBe(1);
    // Of the release it is no part.
    expect((await call(machine, ["scan"])).exit).toBe(0);
  });

  it("with 2 for images and a family, for what is no image, and for waivers that cannot be read", async () => {
    const machine = await releasedMachine({ waivers: [] });
    expect(await call(machine, ["scan", "web", "--family", "base"])).toMatchObject({
      exit: 2,
      out: "",
      err: expect.stringContaining("named images and --family exclude each other"),
    });
    expect(await call(machine, ["scan", "wbe"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("did you mean web?"),
    });
    machine.files[WAIVERS_FILE] = "waivers: 1\n";
    expect(await call(machine, ["scan"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("waivers.yaml:1:"),
    });
  });

  it("with 3 where there is nothing to look at", async () => {
    const { exit, out } = await call(await gatedMachine(), ["scan"]);
    expect(out).toMatch(/Gates of sample: unknown\n {2}no image was judged\n/);
    expect(exit).toBe(3);
  });
});

describe("what scan shows", () => {
  it("is the report as JSON, and nothing else on stdout", async () => {
    const machine = await releasedMachine();
    // Its own type: this is the documented shape.
    const report = (await json(machine, ["scan", "--family", "web"])) as ScanReport;
    expect(Object.keys(report)).toEqual([
      "version",
      "fleet",
      "release",
      "asOf",
      "pinned",
      "policy",
      "images",
      "left",
      "canaries",
      "waivers",
      "sources",
      "off",
      "outcome",
    ]);
    expect(report).toMatchObject({ version: 1, fleet: "sample", asOf: "2026-03-04", outcome: "passed" });
    expect(report.images.map(({ name, ancestors }) => [name, ...ancestors])).toEqual([
      ["web", "base"],
      ["api", "web", "base", "cpu"],
    ]);
    expect(Object.keys(report.images[0]?.verdicts[0] ?? {})).toEqual([
      "gate",
      "image",
      "digest",
      "outcome",
      "reason",
      "findings",
      "inputs",
    ]);
  });

  it("has all canaries with --canary, and counts them without", async () => {
    const machine = await releasedMachine();
    const few = await call(machine, ["scan"]);
    expect(few.out).toMatch(/\ncanaries\n {2}\d+ canaries did what they must \(--canary shows each\)\n\n/);
    const all = await call(machine, ["scan", "--canary"]);
    expect(all.out).toContain(
      "  alive    secrets: a GitHub token in app/settings.ini: the gate said denied (a\n",
    );
    expect(all.out.match(/^ {2}alive {4}/gm)).toHaveLength(Number(/(\d+) canaries did/.exec(few.out)?.[1]));
    expect([few.exit, all.exit]).toEqual([0, 0]);
  });

  it("has colours and the width of a terminal, and neither in a pipe", async () => {
    const machine = await releasedMachine();
    machine.sources = [VULNERABLE];
    const wide = await call(machine, ["scan"], { terminal: true, columns: 140, colour: true });
    expect(wide.out).toContain("\u001b[31mdenied \u001b[0m");
    const lines = withoutColour(wide.out).split("\n");
    expect(Math.max(...lines.map(columnsOf))).toBeGreaterThan(80);
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(140);
    const plain = await call(machine, ["scan"], { terminal: true, columns: 140 });
    expect(plain.out).toBe(withoutColour(wide.out));
    const piped = await call(machine, ["scan"], { columns: 140, colour: true });
    expect(piped.out).not.toContain("\u001b");
    expect(Math.max(...piped.out.split("\n").map(columnsOf))).toBeLessThanOrEqual(80);
  });

  it("says which gates are off", async () => {
    const machine = await releasedMachine({ gates: '{ off: { base: "nothing stands on anything yet" } }' });
    const { exit, out } = await call(machine, ["scan"]);
    expect(out).toContain("gates that are off\n  base     nothing stands on anything yet\n");
    expect(out).toMatch(/: passed\n {2}4 images: 4 passed\n {2}1 gate off: base\n/);
    expect(exit).toBe(0);
  });
});

describe("the files of a scan", () => {
  const FILES = ["--sarif", "out/scan.sarif", "--markdown", "scan.md", "--html", "scan.html"];

  it("are written beside the answer, whatever the outcome, and told on stderr", async () => {
    const machine = await releasedMachine();
    machine.sources = [VULNERABLE];
    const { exit, out, err } = await call(machine, ["scan", "--json", ...FILES]);
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ outcome: "denied" });
    expect(err).toContain("wrote out/scan.sarif\nwrote scan.md\nwrote scan.html\n");
    expect(JSON.parse(String(machine.files["out/scan.sarif"]))).toMatchObject({ version: "2.1.0" });
    expect(machine.files["scan.md"]).toMatch(/^## ✗ Gates of `sample /);
    expect(machine.files["scan.html"]).toMatch(/^<!doctype html>/);
    const quiet = await call(machine, ["scan", "--quiet", "--markdown", "quiet.md"]);
    expect(quiet.err).toBe("");
    expect(machine.files["quiet.md"]).toBe(machine.files["scan.md"]);
  });

  it("have each result of the SARIF in a file of the repository", async () => {
    const machine = await releasedMachine({ waivers: [{ gate: "user", id: "root-user", image: "web" }] });
    machine.git = { ...gitAt("one"), prefix: "fleets/sample" };
    machine.sources = [VULNERABLE];
    await call(machine, ["scan", "--sarif", "scan.sarif"]);
    // The tests of the renderer have its shape.
    const { runs } = JSON.parse(String(machine.files["scan.sarif"])) as {
      readonly runs: readonly {
        readonly results: readonly {
          readonly ruleId: string;
          readonly locations: readonly {
            readonly physicalLocation: {
              readonly artifactLocation: { readonly uri: string };
              readonly region: { readonly startLine: number };
            };
          }[];
        }[];
      }[];
    };
    const places = runs.flatMap(({ results }) =>
      results.map(({ ruleId, locations }) => {
        const { artifactLocation, region } = locations[0]!.physicalLocation;
        const path = artifactLocation.uri.replace("fleets/sample/", "");
        return {
          ruleId,
          uri: artifactLocation.uri,
          line: String(machine.files[path]).split("\n")[region.startLine - 1],
        };
      }),
    );
    expect(places.map(({ ruleId }) => ruleId)).toEqual(
      expect.arrayContaining(["vulnerabilities/CVE-2026-1", "waivers/unused"]),
    );
    for (const { ruleId, uri, line } of places) {
      expect(uri).toMatch(/^fleets\/sample\//);
      expect(line).toMatch(ruleId === "waivers/unused" ? /id: root-user/ : /^ {2}(base|web|cpu|api):$/);
    }
  });

  it("have the sizes of the images on the page, and say which could not be measured", async () => {
    const machine = await releasedMachine();
    await call(machine, ["scan", "--html", "whole.html"]);
    const whole = String(machine.files["whole.html"]);
    expect(whole).toMatch(
      /<section id="sizes">.*<p>On linux\/amd64: 4 images; \d+.*<section class="treemap" id="size-map"/s,
    );
    expect(whole).not.toContain("not measured");
    const { digest } = ((await json(machine, ["scan", "cpu"])) as ScanReport).images[0]!;
    const { imageSource } = machine.world();
    // As if its layers were gone between the verdict and the page.
    const { exit } = await call(machine, ["scan", "--html", "part.html"], {
      world: {
        imageSource: (place, settings) =>
          place.kind === "registry" && place.ref.digest === digest
            ? Promise.reject(new RegistryError("REGISTRY_UNREACHABLE", "nobody answers"))
            : imageSource(place, settings),
      },
    });
    expect(exit).toBe(0);
    expect(machine.files["part.html"]).toMatch(/not measured<\/mark> <code>cpu<\/code>: nobody answers/);
  });
});

describe("release says of its gates", () => {
  it("that none ran where the blueprint has none", async () => {
    const { exit, out } = await call(await createTestMachine(), ["release"]);
    expect(out).toContain("\nno gate ran: the blueprint has no `gates:`\nreleased ");
    expect(exit).toBe(0);
  });

  it("which passed", async () => {
    const { exit, out } = await call(await gatedMachine(), ["release"]);
    expect(out).toContain(
      "gates passed: vulnerabilities, secrets, files, user, init, health, labels, sbom, base, tags\n",
    );
    expect(exit).toBe(0);
  });

  it("which denied what, and that no tag was put", async () => {
    const machine = await gatedMachine({ faults: { web: { run: { User: "0:0" } } } });
    const { exit, out } = await call(machine, ["release"]);
    expect(out).toMatch(
      /^web {2}denied by the gate user: USER 0:0 .*\napi {2}its ancestor web gets no tag\n/,
    );
    expect(out).toContain("nothing was released: 2 of 4 images get no tag; --partial releases the others");
    expect(exit).toBe(1);
    const partial = await call(machine, ["release", "--partial"]);
    expect([partial.exit, partial.out]).toEqual([4, expect.stringMatching(/released \S+: 2 images/)]);
  });
});
