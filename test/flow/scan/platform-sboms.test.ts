import { beforeEach, expect, test } from "vitest";
import { CYCLONEDX_TYPE } from "../../../src/core/audit/sbom/cyclonedx.ts";
import { attachSboms } from "../../../src/flow/sbom/attach-sboms.ts";
import { makeSboms } from "../../../src/flow/sbom/make-sboms.ts";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { memoryReferrers } from "../../kit/memory-referrers.ts";
import { HOST, NAMESPACE } from "../../kit/sample-fleet.ts";
import { buildBoth } from "../../kit/two-platform-builder.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { run } from "../run.ts";
import { gate } from "./gated.ts";

const AT = { host: HOST, repository: `${NAMESPACE}/web` };
const { signal } = new AbortController();

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
    "build:",
    "platforms: [linux/amd64, linux/arm64]\nbuild:\n  sbom: attach",
  );
  machine.faults = memoryReferrers(machine.registry);
  machine.build = (request) => buildBoth(machine.registry, request);
  gate(machine, ["sbom"]);
});

/** By platform of web, the architecture that each CycloneDX document beside it is of. */
async function documents(): Promise<Readonly<Record<string, number>>> {
  const tag = (await machine.registry.listTags(AT)).find((each) => !each.startsWith("id-")) ?? "";
  const top = await machine.registry.readManifest({ ...AT, tag });
  if (top?.content.kind !== "index") throw new Error("it is no index");
  const counts = await Promise.all(
    [{ digest: top.descriptor.digest, platform: undefined }, ...top.content.index.manifests].map(
      async ({ digest, platform }) => {
        const beside = await memoryReferrers(machine.registry).listReferrers(AT, digest, { signal });
        const own = beside.filter(({ artifactType }) => artifactType === CYCLONEDX_TYPE);
        return [platform?.architecture ?? "index", own.length] as const;
      },
    ),
  );
  return Object.fromEntries(counts);
}

test("a release puts an SBOM beside the image of each platform, and its gate finds each", async () => {
  expect(await run(machine)).toMatchObject({ state: "released", scan: { outcome: "passed" } });
  expect(await documents()).toEqual({ index: 0, amd64: 1, arm64: 1 });
});

test("a platform without its own is a denial that names it, until sbom --attach puts it there", async () => {
  const gated = String(machine.files["lapstrake.yaml"]);
  machine.files["lapstrake.yaml"] = gated.replace("sbom: attach", "sbom: off");
  expect(await run(machine)).toMatchObject({ state: "released" });
  machine.files["lapstrake.yaml"] = gated;
  const world = machine.world();
  const scan = async () => {
    const { images } = await scanFleet(world, { images: ["web"], dependents: false, keep: false });
    return images[0]?.verdicts.find((verdict) => verdict.gate === "sbom");
  };
  const made = await makeSboms(world, ["web"], { platforms: "all" });
  expect(made.images.map(({ target }) => target.platform)).toEqual(["linux/amd64", "linux/arm64"]);
  await attachSboms(world, { ...made, images: made.images.slice(0, 1) });
  expect(await scan()).toMatchObject({
    outcome: "denied",
    findings: [{ id: "sbom-missing", message: expect.stringMatching(/^linux\/arm64: no SBOM is beside it/) }],
  });
  await attachSboms(world, made);
  expect((await scan())?.outcome).toBe("passed");
});

test("a platform that nobody can describe goes without, and the release names it", async () => {
  machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
    "linux/arm64",
    "linux/loong64",
  );
  machine.build = (request) => buildBoth(machine.registry, request, [], "loong64");
  const report = await run(machine);
  if (report.state !== "denied") throw new Error(`it is ${report.state}`);
  expect(report.denied[0]).toMatchObject({
    name: "base",
    why: expect.stringMatching(/^denied by the gate sbom: linux\/loong64: no SBOM is beside it/),
  });
});
