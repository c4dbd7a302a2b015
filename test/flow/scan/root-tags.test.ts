import { describe, expect, it } from "vitest";
import type { ScanReport } from "../../../src/core/policy/gates/gate.ts";
import { RegistryError } from "../../../src/edge/registry/error.ts";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { type GatedOptions, gatedMachine } from "../../kit/gated-machine.ts";
import { pushImage, ROOT_HOST, rootDigest } from "../../kit/memory-image.ts";
import type { TestMachine } from "../../kit/world.ts";
import { released, run } from "../run.ts";

const TAG = { host: ROOT_HOST, repository: "debian", tag: "12" };
const ASK = `HEAD ${ROOT_HOST}/debian:12`;

async function releasedMachine(options: GatedOptions = {}): Promise<TestMachine> {
  const machine = await gatedMachine(options);
  await released(machine);
  return machine;
}

/** What the gate says of the one image that stands on the root, and how often its tag was asked for. */
async function scanBase(machine: TestMachine) {
  const before = machine.registry.calls.length;
  const report: ScanReport = await scanFleet(machine.world(), { images: [], dependents: false, keep: false });
  const verdict = report.images
    .find(({ name }) => name === "base")
    ?.verdicts.find(({ gate }) => gate === "base");
  return { verdict, asked: machine.registry.calls.slice(before).filter((call) => call === ASK).length };
}

/** Another image under the root's tag, as when its maker publishes anew. */
async function moveRoot(machine: TestMachine) {
  return pushImage(machine.registry, TAG, { layers: ["a newer debian"] });
}

describe("a root whose tag is asked for", () => {
  it("passes where the tag stands on what is locked, and is asked for once", async () => {
    const machine = await releasedMachine();
    expect(await scanBase(machine)).toMatchObject({
      verdict: {
        outcome: "passed",
        reason: `it stands on debian of lapstrake.lock, where ${ROOT_HOST}/debian:12 still stands`,
        findings: [],
      },
      asked: 1,
    });
  });

  it("is noted where the tag has moved, and turns nothing red by itself", async () => {
    const machine = await releasedMachine();
    await moveRoot(machine);
    const { verdict } = await scanBase(machine);
    expect(verdict).toMatchObject({ outcome: "passed", findings: [{ id: "root-moved", level: "note" }] });
    expect(verdict?.findings[0]?.message).toMatch(
      /^roots\.example\/debian:12 stands on sha256:[0-9a-f]{64} by now, lapstrake\.lock has sha256:/,
    );
    expect(verdict?.findings[0]?.message).toContain(rootDigest("debian"));
  });

  it("is denied where the policy says so, in a scan and in a release", async () => {
    const machine = await gatedMachine({ gates: "{ base: { roots: deny } }" });
    await moveRoot(machine);
    expect(await run(machine)).toMatchObject({
      state: "denied",
      denied: expect.arrayContaining([
        {
          name: "base",
          cause: "failure",
          why: expect.stringMatching(/^denied by the gate base: roots\.example\/debian:12/),
        },
      ]),
    });
  });

  it.each([
    ["note", "passed", "note"],
    ["deny", "unknown", "unknown"],
  ])("is not known where its registry does not answer, at the level %s", async (roots, outcome, level) => {
    const machine = await releasedMachine({ gates: `{ base: { roots: ${roots} } }` });
    const { resolve } = machine.registry;
    machine.faults = {
      ...machine.faults,
      resolve: async (ref, options) => {
        if (ref.host === ROOT_HOST) throw new RegistryError("REGISTRY_UNREACHABLE", "no route to it");
        return resolve(ref, options);
      },
    };
    const { verdict } = await scanBase(machine);
    expect(verdict).toMatchObject({ outcome, findings: [{ id: "root-unknown", level }] });
    expect(verdict?.reason).toContain("no route to it");
  });

  it("is not known where the tag is gone", async () => {
    const machine = await releasedMachine();
    machine.registry.dropTag(TAG, TAG.tag);
    expect((await scanBase(machine)).verdict?.findings).toMatchObject([
      { id: "root-unknown", level: "note", message: expect.stringContaining("debian:12 does not exist") },
    ]);
  });

  it.each([
    ["the policy names the day", "{ asOf: 2026-03-04, base: { roots: deny } }", /judged as of 2026-03-04/],
    ["the policy has it off", "{ base: { roots: off } }", /gates\.base\.roots is off/],
  ])("is not asked for where %s, which is said", async (_what, gates, said) => {
    const machine = await releasedMachine({ gates });
    await moveRoot(machine);
    const { verdict, asked } = await scanBase(machine);
    expect(verdict?.outcome).toBe("passed");
    expect(verdict?.reason).toMatch(said);
    expect(verdict?.reason).toContain("not asked");
    expect(asked).toBe(0);
  });

  it("made by its recipe has no tag that could have moved, which is said", async () => {
    const machine = await releasedMachine();
    machine.files["lapstrake.lock"] = String(machine.files["lapstrake.lock"])
      .replace("source: registry", "source: bootstrap")
      .replace(/from: .*/, `from: ${rootDigest("debian")}`);
    const { verdict, asked } = await scanBase(machine);
    expect(verdict?.reason).toContain("made by its bootstrap recipe");
    expect(asked).toBe(0);
  });
});
