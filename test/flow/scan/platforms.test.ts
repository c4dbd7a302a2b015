import { beforeEach, expect, test } from "vitest";
import { collectBytes } from "../../../src/core/base/collect-bytes.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { MediaType } from "../../../src/core/oci/media-type.ts";
import { parseImageRef } from "../../../src/core/oci/reference.ts";
import { built } from "../../../src/edge/builder/memory.ts";
import type { BuildRequest, BuildResult } from "../../../src/edge/builder/port.ts";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { buildAndPush } from "../../kit/pushing-builder.ts";
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

/** Pushes an index: what is built for amd64, and for arm64 the same with this environment. */
async function buildBoth(request: BuildRequest, env: readonly string[]): Promise<BuildResult> {
  const { registry } = machine;
  const result = await buildAndPush(registry, request);
  if (!result.ok) return result;
  const at = parseImageRef(request.name);
  const own = await registry.readManifest({ ...at, digest: result.digest });
  if (own?.content.kind !== "manifest") throw new Error("it was not pushed");
  const { manifest } = own.content;
  const text = new TextDecoder().decode(await collectBytes(registry.readBlob(at, manifest.config)));
  const config = encode({ ...JSON.parse(text), architecture: "arm64", config: { Env: env } });
  const descriptor = { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length };
  await registry.putBlob(at, { digest: descriptor.digest, size: config.length, open: () => once(config) });
  const other = encode({ ...manifest, config: descriptor });
  const put = await registry.putManifest({ ...at, digest: digestOf(other) }, other, MediaType.ociManifest);
  const manifests = [
    { ...own.descriptor, platform: { os: "linux", architecture: "amd64" } },
    { ...put, platform: { os: "linux", architecture: "arm64" } },
  ];
  const index = encode({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests });
  const { digest } = await registry.putManifest(at, index, MediaType.ociIndex);
  return built(digest, 7);
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const scan = () => scanFleet(machine.world(), { images: [], dependents: false, keep: false });

test("images of two platforms pass where both do", async () => {
  machine.build = (request) => buildBoth(request, []);
  const report = await run(machine);
  expect(report).toMatchObject({ state: "released", scan: { outcome: "passed" } });
  if (report.state !== "released") return;
  expect(report.scan?.images.map(({ name }) => name)).toEqual(["base", "web", "cpu", "api"]);
});

test("a fault of the second platform denies the image, and says whose it is", async () => {
  machine.build = (request) => buildBoth(request, request.image === "cpu" ? [`T=${TOKEN}`] : []);
  const report = await run(machine);
  expect(report).toMatchObject({ state: "denied", denied: [{ name: "cpu" }, { name: "api" }] });
  if (report.state !== "denied") return;
  const cpu = report.scan.images.find(({ name }) => name === "cpu");
  expect(cpu?.verdicts[0]?.findings[0]?.message).toMatch(/^linux\/arm64: a github/i);
  expect(Object.values(await tagsOf(machine)).flat()).toEqual([]);
});

test("an image without one of the platforms is no image of the fleet", async () => {
  machine.build = (request) =>
    request.image === "cpu" ? buildAndPush(machine.registry, request) : buildBoth(request, []);
  const report = await run(machine);
  if (report.state !== "denied") throw new Error(`it is ${report.state}`);
  const why = new Map(report.denied.map((each) => [each.name, each.why]));
  expect([...why.keys()].sort()).toEqual(["api", "cpu"]);
  expect(why.get("cpu")).toContain("linux/arm64: it is for linux/amd64");
});

test("a platform that nobody asks for any more is still judged: its tag leads there too", async () => {
  const gated = machine.files["lapstrake.yaml"];
  machine.files["lapstrake.yaml"] = String(gated).slice(0, String(gated).indexOf("gates:"));
  machine.build = (request) => buildBoth(request, request.image === "cpu" ? [`T=${TOKEN}`] : []);
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
