import { beforeEach, describe, expect, it } from "vitest";
import type { ImageAudit } from "../../../src/core/policy/audit/image-audit.ts";
import type { ParseCache } from "../../../src/edge/tree/port.ts";
import { type AuditAsk, auditImages } from "../../../src/flow/audit/audit-images.ts";
import { KeptAudits } from "../../../src/flow/audit/kept-audits.ts";
import { openFleet } from "../../../src/flow/tags/open-fleet.ts";
import type { World } from "../../../src/flow/world.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { released } from "../run.ts";

const ASK: AuditAsk = { images: [], dependents: false, alone: false, reached: false };

let machine: TestMachine;
/** What is on the disk between two runs. */
let disk: string;
beforeEach(async () => {
  machine = await createTestMachine();
  await released(machine);
  disk = "[]";
});

/** As the real cache does it: what this run used stays, as JSON. */
function cacheOnDisk(): ParseCache {
  const known = new Map(JSON.parse(disk) as [string, unknown][]);
  const used = new Map<string, unknown>();
  return {
    get(key) {
      const value = used.get(key) ?? known.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    set: (key, value) => void used.set(key, value),
    save: async () => void (disk = JSON.stringify([...used])),
  };
}

const world = (): World => {
  const plain = machine.world();
  return {
    ...plain,
    parsed: (root, what) => (what === "audits" ? cacheOnDisk() : plain.parsed(root, what)),
  };
};

/** The report as people see it, and how many blobs and manifests were asked for. */
async function audit(ask: Partial<AuditAsk> = {}) {
  machine.takeCalls();
  const { state: _state, ...report } = await auditImages(world(), { ...ASK, ...ask });
  const asked = machine.takeCalls().filter((call) => !call.includes("/releases")).length;
  return { report: JSON.parse(JSON.stringify(report)) as unknown, asked };
}

describe("an audit of images that were audited before", () => {
  it("says the same, and asks the registry for nothing", async () => {
    const first = await audit();
    expect(first.asked).toBeGreaterThan(0);
    const second = await audit();
    expect(second).toEqual({ report: first.report, asked: 0 });
    // Of one image, with what is built on it, too; and what was kept stays.
    expect((await audit({ images: ["base"] })).asked).toBe(0);
    expect((await audit()).asked).toBe(0);
  });

  it.each([
    ["a Dockerfile", () => void (machine.files["api/Dockerfile"] += "# a line more\nRUN true\n")],
    [
      "a machine",
      () =>
        void (machine.files["lapstrake.yaml"] =
          `${machine.files["lapstrake.yaml"]}machines:\n  pc: { gpu: a card }\n`),
    ],
    [
      "an image",
      async () => {
        machine.files["base/etc/motd"] = "another\n";
        machine.commit("two");
        machine.now += 86_400_000;
        await released(machine);
      },
    ],
  ])("is made anew where %s is another", async (_what, change) => {
    await audit();
    await change();
    expect((await audit()).asked).toBeGreaterThan(0);
  });

  it("is made anew for who looks at it otherwise: by itself, or with all that is reached", async () => {
    await audit();
    expect((await audit({ images: ["base"], alone: true })).asked).toBeGreaterThan(0);
    expect((await audit({ reached: true })).asked).toBeGreaterThan(0);
  });

  it("is made anew where an archive was asked, whose index moves", async () => {
    const open = await openFleet(world());
    const kept = new KeptAudits(world(), open);
    const node = open.fleet.graph.nodes.get("web");
    if (node === undefined) throw new Error("there is no web");
    const ask = { name: "web", alone: true, targets: [{ node, digest: undefined }] };
    const reason = { what: "library", name: "libx.so.1" } as const;
    const lacking = (level: "required" | "deferred") =>
      ({ missing: [{ what: "library", name: "libx.so.1", level, reason }] }) as unknown as ImageAudit;
    kept.keep(ask, lacking("required"));
    expect(kept.find(ask)).toBeUndefined();
    kept.keep(ask, lacking("deferred"));
    expect(kept.find(ask)).toEqual(lacking("deferred"));
  });
});
