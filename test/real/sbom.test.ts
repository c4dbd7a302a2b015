import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CYCLONEDX_TYPE } from "../../src/core/audit/sbom/cyclonedx.ts";
import { SPDX_TYPE } from "../../src/core/audit/sbom/spdx.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { requireEngine } from "../kit/engine.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";
import { cyclonedxErrors, spdxErrors } from "../kit/sbom-schemas.ts";
import { comparedWithSyft } from "../kit/syft.ts";

const engine = await requireEngine();
const syft = requirePeer("syft");
const schema = requirePeer("spdx-schema");

/** One of each kind; images of the GPU tier are compared in test/full. */
const IMAGES = ["base-utils", "family-web", "service_registry"];

describe.skipIf(engine === undefined || syft === undefined || schema === undefined)(
  "SBOMs of the reference fleet's CPU tier",
  () => {
    if (engine === undefined || syft === undefined || schema === undefined) return;
    const fleet = new ReleasedFleet(engine);
    const folder = mkdtempSync(join(tmpdir(), "lapstrake-sbom-"));
    const registry = createHttpRegistry({ insecure: [] });

    beforeAll(() => fleet.releaseAll("--tier", "cpu"), 600_000);
    afterAll(async () => {
      await fleet.cleanUp();
      rmSync(folder, { recursive: true });
    });

    it("name every Debian package and every distribution that syft names, by the same purl", async () => {
      for (const name of IMAGES) {
        const ours = await fleet.lapstrake("sbom", name);
        const found = comparedWithSyft(syft, fleet.refOf(name), ours);
        expect({ name, missing: found.missing, more: found.more }).toEqual({ name, missing: [], more: [] });
        expect(found.same).toBeGreaterThan(80);
      }
    });

    it("notice a package that is not in them (canary)", async () => {
      const ours = JSON.parse(await fleet.lapstrake("sbom", "base-utils")) as {
        components: { name: string }[];
      };
      const less = { ...ours, components: ours.components.filter(({ name }) => name !== "curl") };
      const { missing } = comparedWithSyft(syft, fleet.refOf("base-utils"), JSON.stringify(less));
      expect(missing).toEqual([expect.stringContaining("pkg:deb/debian/curl@")]);
    });

    it("are valid by the published schemas", async () => {
      expect(cyclonedxErrors(await fleet.lapstrake("sbom", "family-web"))).toBe("");
      const spdx = await fleet.lapstrake("sbom", "family-web", "--format", "spdx");
      expect(spdxErrors(spdx, schema)).toBe("");
      expect(spdxErrors(spdx.replace('"SPDX-2.3"', "2"), schema)).not.toBe("");
    });

    it("say which line of which Dockerfile brought a package", async () => {
      const text = await fleet.lapstrake("sbom", "family-web");
      const { components } = JSON.parse(text) as {
        components: { name: string; properties?: { name: string; value: string }[] }[];
      };
      const curl = components.find(({ name }) => name === "curl");
      const line = curl?.properties?.find(({ name }) => name === "lapstrake:dockerfile")?.value ?? "";
      const [, path = "", first = "0", last = "0"] = /^(.*):(\d+)-(\d+)$/.exec(line) ?? [];
      const dockerfile = readFileSync(join(import.meta.dirname, "../../fleet", path), "utf8").split("\n");
      expect(dockerfile.slice(Number(first) - 1, Number(last)).join("\n")).toMatch(/\bcurl\b/);
    });

    it("stand beside each image, as referrers that anybody finds", async () => {
      // A release that was made before there were SBOMs has none, and is not made again.
      await fleet.lapstrake("sbom", ...IMAGES, "--attach", "--json");
      for (const name of IMAGES) {
        const ref = fleet.refOf(name);
        const { digest } = ref;
        if (digest === undefined) throw new Error("a released image has a digest");
        const found = await registry.listReferrers(ref, digest);
        expect(new Set(found.map(({ artifactType }) => artifactType))).toEqual(
          new Set([CYCLONEDX_TYPE, SPDX_TYPE]),
        );
      }
    });

    it("have the same bytes when they are attached again", async () => {
      const again = JSON.parse(await fleet.lapstrake("sbom", "base-utils", "--attach", "--json")) as {
        images: { attached: { isNew: boolean }[] }[];
      };
      expect(again.images[0]?.attached.map(({ isNew }) => isNew)).toEqual([false, false]);
    });

    it("are written as a file each", async () => {
      await fleet.lapstrake("sbom", "base-utils", "base-python", "--format", "spdx", "--output", folder);
      const files = execFileSync("ls", [folder], { encoding: "utf8" }).trim().split("\n");
      expect(files).toEqual(["base-python.spdx.json", "base-utils.spdx.json"]);
    });
  },
);
