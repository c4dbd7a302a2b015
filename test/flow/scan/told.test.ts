import { expect, test } from "vitest";
import { renderRelease } from "../../../src/views/render/release.ts";
import { createTestMachine } from "../../kit/world.ts";
import { run } from "../run.ts";
import { gate } from "./gated.ts";

test("a canary that is dead is not among those that did what they must", async () => {
  const machine = await createTestMachine();
  gate(machine, ["secrets"]);
  const report = await run(machine);
  if (report.state !== "released" || report.scan === undefined) throw new Error(`it is ${report.state}`);
  expect(renderRelease(report)).toContain("\n2 of 2 canaries did what they must\n");
  const dead = report.scan.canaries.map((each, index) => ({ ...each, alive: index > 0 }));
  const told = renderRelease({ ...report, scan: { ...report.scan, canaries: dead } });
  expect(told).toContain("\nthe canary of secrets (an image without fault) came out passed\n");
  expect(told).toContain("\n1 of 2 canaries did what they must\n");
});
