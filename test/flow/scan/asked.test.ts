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

const scan = (...images: string[]) => scanFleet(machine.world(), { images, dependents: false, keep: false });

test("before any release nothing is known of what is not built", async () => {
  const { images, outcome, left } = await scan();
  expect([images.length, outcome, left.length]).toEqual([0, "unknown", 4]);
});

test("an image that was asked for and is not there leaves the scan unknown, though the others pass", async () => {
  await run(machine);
  machine.files["new/Dockerfile"] = "FROM base\n";
  machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
    "build:",
    "  new:\n    dockerfile: new/Dockerfile\n    context: new\nbuild:",
  );
  expect((await scan()).outcome).toBe("passed");
  const { images, outcome, left } = await scan("base", "new");
  expect(images.map((image) => [image.name, image.outcome])).toEqual([["base", "passed"]]);
  expect(left.find(({ name }) => name === "new")).toMatchObject({ asked: true });
  expect(outcome).toBe("unknown");
});
