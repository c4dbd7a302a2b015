import { beforeEach, expect, test } from "vitest";
import { digestOf } from "../../../src/core/base/digest.ts";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { buildAndPush } from "../../kit/pushing-builder.ts";
import { buildBoth } from "../../kit/two-platform-builder.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { run, tagsOf } from "../run.ts";
import { gate } from "./gated.ts";

const TOKEN = `ghp_${digestOf("nobody's").slice(-36)}`;

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
    "build:",
    "platforms: [linux/amd64, linux/arm64]\nbuild:",
  );
  gate(machine, ["secrets"]);
});

const scan = () => scanFleet(machine.world(), { images: [], dependents: false, keep: false });

test("images of two platforms pass where both do", async () => {
  machine.build = (request) => buildBoth(machine.registry, request, []);
  const report = await run(machine);
  expect(report).toMatchObject({ state: "released", scan: { outcome: "passed" } });
  if (report.state !== "released") return;
  expect(report.scan?.images.map(({ name }) => name)).toEqual(["base", "web", "cpu", "api"]);
});

test("a fault of the second platform denies the image, and says whose it is", async () => {
  machine.build = (request) =>
    buildBoth(machine.registry, request, request.image === "cpu" ? [`T=${TOKEN}`] : []);
  const report = await run(machine);
  expect(report).toMatchObject({ state: "denied", denied: [{ name: "cpu" }, { name: "api" }] });
  if (report.state !== "denied") return;
  const cpu = report.scan.images.find(({ name }) => name === "cpu");
  expect(cpu?.verdicts[0]?.findings[0]?.message).toMatch(/^linux\/arm64: a github/i);
  expect(Object.values(await tagsOf(machine)).flat()).toEqual([]);
});

test("an image without one of the platforms is no image of the fleet", async () => {
  machine.build = (request) =>
    request.image === "cpu"
      ? buildAndPush(machine.registry, request)
      : buildBoth(machine.registry, request, []);
  const report = await run(machine);
  if (report.state !== "denied") throw new Error(`it is ${report.state}`);
  const why = new Map(report.denied.map((each) => [each.name, each.why]));
  expect([...why.keys()].sort()).toEqual(["api", "cpu"]);
  expect(why.get("cpu")).toContain("linux/arm64: it is for linux/amd64");
});

test("a platform that nobody asks for any more is still judged: its tag leads there too", async () => {
  const gated = machine.files["lapstrake.yaml"];
  machine.files["lapstrake.yaml"] = String(gated).slice(0, String(gated).indexOf("gates:"));
  machine.build = (request) =>
    buildBoth(machine.registry, request, request.image === "cpu" ? [`T=${TOKEN}`] : []);
  expect(await run(machine)).toMatchObject({ state: "released" });
  machine.files["lapstrake.yaml"] = String(gated);
  machine.env["PLATFORM"] = "linux/amd64";
  const { images } = await scan();
  expect(images.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    "base passed",
    "web passed",
    "cpu denied",
    "api passed",
  ]);
});
