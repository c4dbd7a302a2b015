import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../../src/core/policy/gates/gate.ts";
import type { ReleaseReport } from "../../../src/flow/release.ts";
import { gatedMachine } from "../../kit/gated-machine.ts";
import { buildAndPush } from "../../kit/pushing-builder.ts";
import { SAMPLE_IMAGES } from "../../kit/sample-fleet.ts";
import { createTestMachine } from "../../kit/world.ts";
import { released, run, tagsOf } from "../run.ts";

const ROOT_USER = { run: { User: "0:0" } };
const NO_TAGS = Object.fromEntries(SAMPLE_IMAGES.map((name) => [name, []]));

/** By image, what stops it: its gates, or its ancestor. */
function stops({ images }: Pick<ScanReport, "images">): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    images.map(({ name, verdicts, blockedBy }) => [
      name,
      [
        ...verdicts.flatMap(({ gate, outcome }) =>
          outcome === "passed" || outcome === "waived" ? [] : [`${gate} ${outcome}`],
        ),
        ...(blockedBy === undefined ? [] : [`by ${blockedBy}`]),
      ],
    ]),
  );
}

function scanOf(report: ReleaseReport): ScanReport {
  if (report.state !== "denied" && report.state !== "released") throw new Error(`it ${report.state}`);
  if (report.scan === undefined) throw new Error("no gate ran");
  return report.scan;
}

describe("a release with gates", () => {
  it("is made where all of them pass, and its record says which looked", async () => {
    const machine = await gatedMachine();
    const body = await released(machine);
    expect(body.gates.map(({ name, outcome, reason }) => `${name} ${outcome}: ${reason}`)).toEqual(
      ["vulnerabilities", "secrets", "files", "user", "init", "health", "labels", "sbom", "base", "tags"].map(
        (gate) => `${gate} passed: 4 images passed`,
      ),
    );
    expect((await machine.state.ledger.last("scan"))?.body).toMatchObject({
      outcome: "passed",
      reason: "4 images pass every gate",
      images: SAMPLE_IMAGES.map((name) => ({ name })),
    });
  });

  it("puts no tag on images that are none that run: each names the gates that deny it", async () => {
    const machine = await gatedMachine();
    // What the plain builder leaves behind: no user, no init, no labels in its config.
    machine.build = undefined;
    const report = await run(machine);
    expect(report).toMatchObject({
      state: "denied",
      exit: 1,
      denied: SAMPLE_IMAGES.map((name) => ({ name })),
    });
    const own = ["user denied", "init denied", "labels denied"];
    expect(stops(scanOf(report))).toEqual({
      base: own,
      web: [...own, "by base"],
      cpu: [...own, "by base"],
      api: [...own, "by web"],
    });
    expect(await tagsOf(machine)).toEqual(NO_TAGS);
    expect(await machine.state.ledger.last("release")).toBeUndefined();
    expect((await machine.state.ledger.last("scan"))?.body).toMatchObject({
      outcome: "denied",
      reason: expect.stringMatching(/^base: .* and 3 more images$/),
    });
  });

  it("with --partial is denied all the same where nothing is left", async () => {
    const machine = await gatedMachine();
    machine.build = undefined;
    expect(await run(machine, { partial: true })).toMatchObject({ state: "denied", exit: 1 });
    expect(await tagsOf(machine)).toEqual(NO_TAGS);
  });

  it("stops for one image; with --partial the others go without it and what is built on it", async () => {
    const machine = await gatedMachine({ faults: { web: ROOT_USER } });
    const stopped = await run(machine);
    expect(stopped).toMatchObject({
      state: "denied",
      denied: [
        { name: "web", why: expect.stringMatching(/^denied by the gate user: USER 0:0/) },
        { name: "api", why: "its ancestor web gets no tag" },
      ],
    });
    expect(stops(scanOf(stopped))).toEqual({ base: [], web: ["user denied"], cpu: [], api: ["by web"] });
    expect(await tagsOf(machine)).toEqual(NO_TAGS);

    const partial = await run(machine, { partial: true });
    expect(partial).toMatchObject({ state: "released", exit: 4, release: { partial: true } });
    if (partial.state !== "released") throw new Error("unreachable");
    const { tag, images, unavailable, gates } = partial.release;
    expect(images.map(({ name }) => name)).toEqual(["base", "cpu"]);
    expect(unavailable).toMatchObject([
      { name: "web", cause: "failure", why: expect.stringContaining("gate user") },
      { name: "api", cause: "failure" },
    ]);
    expect(gates.find(({ name }) => name === "user")).toMatchObject({
      outcome: "passed",
      reason: "2 images passed",
    });
    expect(await tagsOf(machine)).toEqual({ ...NO_TAGS, base: [tag], cpu: [tag] });
  });

  it("of an unchanged fleet runs no gate, and says what they said and how long ago", async () => {
    const machine = await gatedMachine();
    await released(machine);
    machine.sources = [];
    machine.now += 3 * 86_400_000;
    expect(await run(machine)).toMatchObject({
      state: "unchanged",
      lastScan: { outcome: "passed", asOf: "2026-03-04", ageDays: 3 },
    });
  });

  it("without gates is made without them, and keeps no verdict", async () => {
    const machine = await createTestMachine();
    expect(await run(machine)).toMatchObject({ state: "released", scan: undefined, release: { gates: [] } });
    expect(await machine.state.ledger.last("scan")).toBeUndefined();
  });
});

describe("waivers in a release", () => {
  const waiver = { gate: "user", id: "root-user", image: "web" };

  it("let through what they cover, and the record says so", async () => {
    const machine = await gatedMachine({
      faults: { web: ROOT_USER, api: ROOT_USER },
      waivers: [waiver, { ...waiver, image: "api" }],
    });
    const report = await run(machine);
    expect(report).toMatchObject({ state: "released", exit: 0 });
    expect(scanOf(report).waivers).toMatchObject([
      { image: "web", state: "used", count: 1 },
      { image: "api", state: "used", count: 1 },
    ]);
    if (report.state !== "released") throw new Error("unreachable");
    expect(report.release.gates.find(({ name }) => name === "user")).toEqual({
      name: "user",
      outcome: "waived",
      reason: "2 of 4 images passed with waivers: web, api",
    });
    expect((await machine.state.ledger.last("scan"))?.body.outcome).toBe("waived");
  });

  it("that are over cover nothing", async () => {
    const machine = await gatedMachine({
      faults: { web: ROOT_USER },
      waivers: [{ ...waiver, until: "2026-03-03" }],
    });
    const report = await run(machine);
    expect(stops(scanOf(report))["web"]).toEqual(["user denied"]);
    expect(scanOf(report).waivers).toMatchObject([{ state: "expired", count: 1 }]);
    // On its last day it holds.
    machine.now -= 86_400_000;
    expect(await run(machine)).toMatchObject({ state: "released", exit: 0 });
  });

  it("that match nothing are shown, and stop nothing", async () => {
    const report = await run(await gatedMachine({ waivers: [waiver, { ...waiver, image: "*" }] }));
    expect(report).toMatchObject({ state: "released", exit: 0 });
    expect(scanOf(report).waivers).toMatchObject([
      { image: "web", state: "unused", count: 0 },
      { image: "*", state: "unused", count: 0 },
    ]);
  });

  it("that are missing, or of an image that nobody has, end it before a build", async () => {
    const missing = await gatedMachine({ gates: "{ waivers: nowhere.yaml }" });
    await expect(run(missing)).rejects.toMatchObject({ code: "NO_WAIVERS" });
    const unknown = await gatedMachine({ waivers: [{ ...waiver, image: "wbe" }] });
    await expect(run(unknown)).rejects.toMatchObject({ code: "WAIVERS_INVALID" });
    expect([...missing.takeBuilt(), ...unknown.takeBuilt()]).toEqual([]);
  });
});

describe("an image that cannot be read", () => {
  it("is an error where its layer is no archive, and so is what holds that layer", async () => {
    const machine = await gatedMachine();
    const sound = machine.build;
    machine.build = async (request, push) =>
      request.image === "web"
        ? buildAndPush(machine.registry, request, { layers: (below) => [...below, "no archive"] })
        : (sound?.(request, push) ?? push());
    const report = await run(machine);
    expect(stops(scanOf(report))).toEqual({
      base: [],
      web: ["files error"],
      cpu: [],
      api: ["files error", "by web"],
    });
    expect(await tagsOf(machine)).toEqual(NO_TAGS);
  });
});
