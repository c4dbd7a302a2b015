import { beforeEach, expect, test } from "vitest";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { SAMPLE_IMAGES } from "../../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { run, tagsOf } from "../run.ts";
import { gate, seeingSource } from "./gated.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  gate(machine, ["vulnerabilities"]);
  machine.sources = [seeingSource(() => machine.now)];
});

test("the gates let a release through that nothing is wrong with", async () => {
  const report = await run(machine);
  expect(report).toMatchObject({ state: "released", exit: 0, scan: { outcome: "passed" } });
});

test("the first Ctrl-C while gates look leaves nothing tagged; the next run goes on", async () => {
  machine.sources = [
    seeingSource(
      () => machine.now,
      () => machine.drain.abort(),
    ),
  ];
  await expect(run(machine)).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(await tagsOf(machine)).toEqual(Object.fromEntries(SAMPLE_IMAGES.map((name) => [name, []])));
  machine.drain = new AbortController();
  machine.sources = [seeingSource(() => machine.now)];
  machine.takeBuilt();
  expect(await run(machine)).toMatchObject({ state: "released" });
  expect(machine.takeBuilt()).toEqual([]);
});

test("the first Ctrl-C ends a scan, and it says nothing of what it did not look at", async () => {
  await run(machine);
  machine.drain.abort();
  const flags = { images: [], dependents: false, keep: false };
  await expect(scanFleet(machine.world(), flags)).rejects.toThrow(
    expect.objectContaining({ name: "AbortError" }),
  );
});
