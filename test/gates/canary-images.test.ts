import { expect, test } from "vitest";
import type { SbomSystem } from "../../src/core/audit/sbom/sbom.ts";
import { CANARY_KINDS } from "../../src/core/policy/gates/canary-trials.ts";
import { examineCanaries } from "../../src/flow/scan/examine-canaries.ts";
import { createTestMachine } from "../kit/world.ts";

test("each canary breaks its own rule and no other, and the one without a fault none", async () => {
  const canaries = await examineCanaries((await createTestMachine()).world(), "/scratch");
  const broken = canaries.map(({ kind, examination }) => {
    if (examination.state !== "read") return [kind, examination.why];
    const { verdicts } = examination.examined;
    return [kind, ...verdicts.filter(({ outcome }) => outcome !== "holds").map(({ rule }) => rule)];
  });
  expect(broken).toEqual([
    ["none"],
    ["vulnerable"],
    ["secret", "image-secrets"],
    ["set-id", "image-setuid"],
    ["world-writable", "image-world-writable"],
    ["root", "image-user"],
    ["no-init", "image-init"],
    ["no-health", "image-health"],
    ["no-labels", "image-labels"],
    ["no-sbom", "sbom-complete"],
  ]);
  expect(broken.map(([kind]) => kind)).toEqual(CANARY_KINDS);
});

test("what is planted is in the SBOM, where sources look", async () => {
  const canaries = await examineCanaries((await createTestMachine()).world(), "/scratch");
  const purls = canaries.flatMap(({ kind, examination }) =>
    kind === "vulnerable" && examination.state === "read"
      ? examination.examined.sbom.components.map(({ purl }) => purl)
      : [],
  );
  expect(purls).toEqual([
    "pkg:deb/debian/lapstrake-canary@1.0-1?arch=amd64&distro=debian-12",
    "pkg:deb/debian/openssl@1.0.0-1?arch=amd64&distro=debian-12",
    "pkg:pypi/jinja2@2.10",
    "pkg:pypi/lapstrake-canary@1.0",
  ]);
});

test("canaries are of the distribution that the fleet's images are of", async () => {
  const world = (await createTestMachine()).world();
  const systemOf = async (system: SbomSystem | undefined) => {
    const [first] = await examineCanaries(world, "/scratch", system);
    return first?.examination.state === "read" ? first.examination.examined.sbom.system : undefined;
  };
  const trixie = { id: "debian", version: "13", codename: "trixie" };
  const noble = { id: "ubuntu", version: "24.04", codename: "noble" };
  expect(await systemOf(trixie)).toMatchObject(trixie);
  expect(await systemOf(noble)).toMatchObject(noble);
  // They have packages of dpkg.
  for (const other of [undefined, { id: "alpine", version: "3.20" }])
    expect(await systemOf(other)).toMatchObject({ id: "debian", version: "12" });
});

test("no two runs read the same layer", async () => {
  const machine = await createTestMachine();
  const layerOf = async (scratch: string) => {
    const [first] = await examineCanaries(machine.world(), scratch);
    return first?.examination.state === "read" ? first.examination.examined.origins[0]?.diffId : undefined;
  };
  const [one, other] = [await layerOf("/one"), await layerOf("/other")];
  expect(one).toBeDefined();
  expect(one).not.toBe(other);
});
