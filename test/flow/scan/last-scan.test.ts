import { beforeEach, expect, test } from "vitest";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { run } from "../run.ts";
import { gate, seeingSource } from "./gated.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  gate(machine, ["vulnerabilities"]);
  machine.sources = [seeingSource(() => machine.now)];
});

const DAY = 86_400_000;

test("a release with nothing to tag shows what the gates said of all its images, with its age", async () => {
  await run(machine);
  machine.now += 2 * DAY;
  const last = { outcome: "passed", ageDays: 2 };
  expect(await run(machine)).toMatchObject({ state: "unchanged", lastScan: last });
  await scanFleet(machine.world(), { images: ["base"], dependents: false, keep: true });
  expect(await run(machine)).toMatchObject({ state: "unchanged", lastScan: last });
});

test("what the gates said of other content is not shown for it", async () => {
  await run(machine);
  machine.commit("two");
  machine.files["web/app/main.py"] = "print('other')\n";
  machine.sources = [];
  expect(await run(machine)).toMatchObject({ state: "denied" });
  delete machine.files["web/app/main.py"];
  machine.files["web/app/main.py"] = "print('web')\n";
  machine.commit("one");
  expect(await run(machine)).toMatchObject({ state: "unchanged", lastScan: { outcome: "passed" } });
});
