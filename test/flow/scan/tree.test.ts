import { describe, expect, it } from "vitest";
import type { GateName, ScanReport } from "../../../src/core/policy/gates/gate.ts";
import { type ScanFlags, scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { call, json } from "../../cli/call.ts";
import { gatedMachine } from "../../kit/gated-machine.ts";
import type { TestMachine } from "../../kit/world.ts";
import { released } from "../run.ts";

const ALL = { images: [], dependents: false, keep: false } as const;
const scan = (machine: TestMachine, flags: Partial<ScanFlags> = {}): Promise<ScanReport> =>
  scanFleet(machine.world(), { ...ALL, ...flags });

/** By image, its digest. */
const digestsOf = ({ images }: ScanReport) => new Map(images.map(({ name, digest }) => [name, digest]));

async function changedMachine(): Promise<TestMachine> {
  const machine = await gatedMachine();
  await released(machine);
  machine.files["web/app/main.py"] = "print('changed')\n";
  machine.commit("two");
  for (const argv of [["build"], ["sbom", "--attach", "--missing"]])
    expect((await call(machine, argv)).exit).toBe(0);
  return machine;
}

describe("a scan of the tree", () => {
  it("judges what was built since the release, where a scan without it judges the release", async () => {
    const machine = await changedMachine();
    const [before, now] = [await scan(machine), await scan(machine, { tree: true })];
    const [old, fresh] = [digestsOf(before), digestsOf(now)];
    expect(fresh.get("base")).toBe(old.get("base"));
    expect(fresh.get("web")).not.toBe(old.get("web"));
    expect(fresh.get("api")).not.toBe(old.get("api"));
    expect(now).toMatchObject({ outcome: "passed", release: null, left: [] });
    expect(before.release).not.toBeNull();
    // A name that the release holds is no reason to judge what it holds.
    const named = digestsOf(await scan(machine, { tree: true, images: ["web"] }));
    expect(named.get("web")).toBe(fresh.get("web"));
  });

  it("holds each image against the base that this tree has, named or not", async () => {
    const machine = await changedMachine();
    const baseOf = (report: ScanReport, gate: GateName = "base") =>
      report.images.flatMap(({ name, verdicts }) =>
        name === "api" ? verdicts.filter((verdict) => verdict.gate === gate) : [],
      );
    for (const images of [["api"], ["web", "api"]]) {
      const [verdict] = baseOf(await scan(machine, { tree: true, images }));
      expect(verdict).toMatchObject({ outcome: "passed", reason: "it stands on web of this tree" });
    }
  });

  it("before any release is what a release would judge, and says what is not built", async () => {
    const machine = await gatedMachine();
    await call(machine, ["build", "web"]);
    const report = await scan(machine, { tree: true, images: ["base", "web", "api"] });
    expect([...digestsOf(report).keys()]).toEqual(["base", "web"]);
    expect(report.left).toContainEqual(expect.objectContaining({ name: "api", asked: true }));
  });
});

describe("sbom --attach --missing", () => {
  const attaching = async (): Promise<TestMachine> => {
    const machine = await gatedMachine();
    expect((await call(machine, ["build"])).exit).toBe(0);
    return machine;
  };
  const sbomOutcome = (report: ScanReport) =>
    report.images.map(({ verdicts }) => verdicts.find(({ gate }) => gate === "sbom")?.outcome);

  it("is what the gate asks for of images that were never released", async () => {
    const machine = await attaching();
    expect(new Set(sbomOutcome(await scan(machine, { tree: true })))).toEqual(new Set(["denied"]));
    expect(await json(machine, ["sbom", "--attach", "--missing"])).toEqual({
      version: 1,
      images: ["base", "web", "cpu", "api"],
      without: [],
    });
    expect(new Set(sbomOutcome(await scan(machine, { tree: true })))).toEqual(new Set(["passed"]));
  });

  it("reads nothing of images that have one, and says which cannot have one", async () => {
    const machine = await attaching();
    await call(machine, ["sbom", "--attach", "--missing"]);
    machine.takeCalls();
    await call(machine, ["sbom", "--attach", "--missing"]);
    expect(machine.takeCalls().filter((made) => made.startsWith("PUT"))).toEqual([]);
    machine.files["extra/Dockerfile"] = "FROM base\n";
    machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
      "build:\n",
      "  extra: { dockerfile: extra/Dockerfile }\nbuild:\n",
    );
    const unbuilt = await call(machine, ["sbom", "extra", "--attach", "--missing"]);
    expect(unbuilt).toMatchObject({ exit: 3, out: expect.stringContaining("extra: no SBOM: ") });
  });

  it("goes with --attach alone", async () => {
    const machine = await attaching();
    for (const flags of [["--missing"], ["--missing", "--attach", "--output", "x"]])
      expect((await call(machine, ["sbom", ...flags])).exit).toBe(2);
  });
});
