import { expect, test } from "vitest";
import { digestOf } from "../../../src/core/base/digest.ts";
import type { Descriptor } from "../../../src/core/oci/manifest.ts";
import { MediaType } from "../../../src/core/oci/media-type.ts";
import type { ScanReport } from "../../../src/core/policy/gates/gate.ts";
import { attachSbom } from "../../../src/flow/sbom/attach-sbom.ts";
import { makeSboms } from "../../../src/flow/sbom/make-sboms.ts";
import { scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { HOST } from "../../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../../kit/world.ts";
import { released } from "../run.ts";
import { gate } from "./gated.ts";

/** Puts the SBOM of web beside it, and lets the registry tell of what stands there. */
async function attach(
  machine: TestMachine,
  beside: Descriptor[],
  change: { readonly digest?: string },
): Promise<void> {
  const { images } = await makeSboms(machine.world(), ["web"]);
  for (const { target, sbom } of images) {
    const { digest } = target;
    if (digest === undefined) throw new Error("it was read from nowhere");
    const repository = target.at?.repository ?? "";
    const subject =
      change.digest === undefined ? sbom.subject : { ...sbom.subject, digest: digestOf(change.digest) };
    const place = { at: { host: HOST, repository }, name: "web", digest };
    const { signal } = new AbortController();
    const attached = await attachSbom(machine.registry, { ...place, sbom: { ...sbom, subject } }, signal);
    for (const { artifact, type } of attached)
      beside.push({ mediaType: MediaType.ociManifest, digest: artifact, size: 1, artifactType: type });
  }
}

async function scanWeb(machine: TestMachine): Promise<ScanReport["images"][number] | undefined> {
  const report = await scanFleet(machine.world(), { images: ["web"], dependents: false, keep: false });
  return report.images[0];
}

test("an SBOM of another image beside it is a denial, until its own stands there too", async () => {
  const machine = await createTestMachine();
  await released(machine);
  machine.files["lapstrake.yaml"] = `${String(machine.files["lapstrake.yaml"])}  sbom: attach\n`;
  gate(machine, ["sbom"]);
  const beside: Descriptor[] = [];
  machine.faults = Object.assign(machine.faults, { listReferrers: async () => beside });
  expect((await scanWeb(machine))?.verdicts[0]).toMatchObject({
    outcome: "denied",
    findings: [{ id: "sbom-missing" }],
  });
  await attach(machine, beside, { digest: "another image" });
  expect((await scanWeb(machine))?.verdicts[0]).toMatchObject({
    outcome: "denied",
    findings: [{ id: "sbom-of-another" }],
  });
  await attach(machine, beside, {});
  expect((await scanWeb(machine))?.outcome).toBe("passed");
});
