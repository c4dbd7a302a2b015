import { beforeEach, expect, test } from "vitest";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { codeOf, run } from "../run.ts";
import { gate } from "./gated.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  gate(machine, ["secrets"], ["waivers: waivers.yaml"]);
});

const WAIVER = [
  "version: 1",
  "waivers:",
  "  - { gate: secrets, id: x, image: nobody, why: w, who: o, from: 2026-03-01, until: 2026-03-10 }",
  "",
].join("\n");

test.each([
  ["is not there", undefined, "NO_WAIVERS"],
  ["is no file of waivers", "waivers: yes\n", "WAIVERS_INVALID"],
  ["names an image that the fleet does not have", WAIVER, "WAIVERS_INVALID"],
])("a file of waivers that %s is told before anything is built", async (_, text, code) => {
  if (text !== undefined) machine.files["waivers.yaml"] = text;
  expect(await codeOf(run(machine))).toBe(code);
  expect(machine.takeBuilt()).toEqual([]);
});

test("scratch goes, also where the memory cannot be written", async () => {
  const removed: string[] = [];
  machine.files["waivers.yaml"] = "version: 1\nwaivers: []\n";
  const world = machine.world();
  Object.assign(machine.state, {
    scratch: async () => ({ path: "/scratch", remove: async () => void removed.push("/scratch") }),
  });
  const full = new Error("the disk is full");
  Object.assign(world, {
    parsed: (_root: string, what: string) => ({
      get: () => undefined,
      set: () => {},
      save: async () => {
        if (what === "scan") throw full;
      },
    }),
  });
  await run(machine);
  removed.length = 0;
  await expect(scanFleet(world, { images: [], dependents: false, keep: false })).rejects.toBe(full);
  expect(removed).toEqual(["/scratch"]);
});
