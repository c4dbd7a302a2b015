import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LINKS_QUESTION } from "../../src/core/audit/image/audit-question.ts";
import { LICENCES_QUESTION } from "../../src/core/audit/image/licences-question.ts";
import { listedOf } from "../../src/core/audit/sbom/listed-sbom.ts";
import { parseSbom } from "../../src/core/audit/sbom/parse-sbom.ts";
import type { Digest } from "../../src/core/base/digest.ts";
import { type Canary, canaryImage } from "../../src/core/policy/gates/canary/canary-image.ts";
import { CANARY_FAULTS, type CanaryFault, PLANTED } from "../../src/core/policy/gates/canary/faults.ts";
import { plantedToken } from "../../src/core/policy/gates/canary/planted.ts";
import { judgeImage } from "../../src/core/policy/image/judge-image.ts";
import { budgetVerdict } from "../../src/core/policy/image/rules/budget.ts";
import { sbomVerdict } from "../../src/core/policy/sbom/sbom-verdict.ts";
import type { Verdict } from "../../src/core/policy/verdict.ts";
import { createLayoutImage } from "../../src/edge/registry/images/stored-image.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { createLayoutRegistry } from "../../src/edge/registry/layout.ts";
import { readPlace } from "../../src/flow/audit/read-targets.ts";
import { sbomOf } from "../../src/flow/sbom/make-sboms.ts";
import { plantCanary } from "../../src/flow/scan/plant-canary.ts";
import { readTarget } from "../../src/flow/verify/read-target.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";

const NONCE = "a run of the tests";
const AT = { host: "canary.invalid", repository: "canary" };
/** The rule that each fault breaks; a vulnerable package breaks none of these, and is for whoever knows of advisories. */
const BROKEN: Readonly<Record<CanaryFault, readonly string[]>> = {
  none: [],
  "vulnerable-distribution": [],
  "vulnerable-package": [],
  secret: ["image-secrets"],
  "hidden-secret": ["image-secrets"],
  setuid: ["image-setuid"],
  "world-writable": ["image-world-writable"],
  "root-user": ["image-user"],
  "no-init": ["image-init"],
  "no-health": ["image-health"],
  "no-labels": ["image-labels"],
  oversized: ["image-budget"],
  "empty-sbom": ["sbom-complete"],
};

const folder = mkdtempSync(join(tmpdir(), "lapstrake-canaries-"));
const layers = createLayerReader(createMemoryLayerCache());
let machine: TestMachine;
const canaries = new Map<CanaryFault, Canary>();

beforeAll(async () => {
  machine = await createTestMachine();
  for (const fault of CANARY_FAULTS) {
    const registry = createLayoutRegistry(folder);
    canaries.set(fault, await plantCanary(registry, AT, { fault, nonce: NONCE }, {}));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const digestOf = (fault: CanaryFault): Digest => canaries.get(fault)!.image.descriptor.digest;

/** Read by its manifest from its layout folder, and judged by every rule. */
async function judged(fault: CanaryFault): Promise<readonly Verdict[]> {
  const { expected, budget, sbom } = canaries.get(fault)!;
  const registry = createLayoutRegistry(folder);
  const read = await readTarget(
    { registry, layers, at: AT, options: {} },
    { digest: digestOf(fault), platform: "linux/amd64", expected },
  );
  if (read.state !== "read") throw new Error(read.why);
  return [
    ...judgeImage(read.facts),
    budgetVerdict(read.facts, budget),
    sbomVerdict(read.facts, { state: "read", sbom: parseSbom(sbom) }),
  ];
}

/** The same folder, read as an audit or a scan reads an image by its place. */
function placed(fault: CanaryFault) {
  const world = {
    ...machine.world(),
    imageSource: async () => createLayoutImage({ name: fault, folder, image: digestOf(fault) }),
  };
  const place = { kind: "oci", folder, digest: digestOf(fault) } as const;
  return readPlace(world, place, [LINKS_QUESTION, LICENCES_QUESTION]);
}

describe("a canary", () => {
  it.each(CANARY_FAULTS)("%s breaks its rule and no other", async (fault) => {
    const verdicts = await judged(fault);
    expect(verdicts).toHaveLength(12);
    const red = verdicts.filter(({ outcome }) => outcome !== "holds");
    expect(red.map(({ rule }) => rule)).toEqual(BROKEN[fault]);
    expect(red.map(({ outcome }) => outcome)).toEqual(BROKEN[fault].map(() => "fails"));
  });

  it.each(CANARY_FAULTS)(
    "%s holds packages that the maker of SBOMs finds, and its own SBOM lists",
    async (fault) => {
      const target = await placed(fault);
      const made = listedOf(sbomOf({ version: "1" }, target));
      const names = ({ type, name, version }: (typeof made.components)[number]) =>
        `${type} ${name} ${version}`;
      const old =
        fault === "vulnerable-package"
          ? ["deb libssl3 3.0.9-1"]
          : fault === "vulnerable-distribution"
            ? ["pypi jinja2 2.10"]
            : [];
      const held = [
        "deb lapstrake-canary-base 1.0-1",
        "deb lapstrake-canary-init 1:1.0-1",
        "pypi lapstrake-canary 1.0",
        ...old,
      ].sort();
      expect(made.components.map(names).sort()).toEqual(held);
      const own = parseSbom(canaries.get(fault)!.sbom);
      expect(own.subject).toBe(digestOf(fault));
      expect(own.components.map(names).sort()).toEqual(fault === "empty-sbom" ? [] : held);
    },
  );

  it("of a secret holds one that nothing shows, and that no source has", async () => {
    const token = plantedToken(NONCE);
    expect(token).toMatch(/^ghp_[0-9A-Za-z]{36}$/);
    for (const fault of ["secret", "hidden-secret"] as const)
      expect(JSON.stringify(await judged(fault))).not.toContain(token.slice(4));
    const folders = ["src/core/policy/gates/canary", "src/core/policy/image/secrets"];
    for (const each of folders)
      for (const file of readdirSync(each))
        expect(readFileSync(join(each, file), "utf8")).not.toMatch(/ghp_\w{36}/);
  });

  it("of a hidden secret is told to carry it still", async () => {
    const red = (await judged("hidden-secret")).find(({ outcome }) => outcome === "fails");
    expect(red?.reasons.map(({ message }) => message)).toEqual([
      "a github-token in /app/settings.py, line 2; a later layer hides it, and the image still carries it",
    ]);
  });

  it("is over both budgets where it is too large, and far from them where it is not", async () => {
    const budgetOf = async (fault: CanaryFault) =>
      (await judged(fault))
        .find(({ rule }) => rule === "image-budget")
        ?.reasons.map(({ message }) => message) ?? [];
    expect(await budgetOf("oversized")).toHaveLength(2);
    const [within = ""] = await budgetOf("none");
    const percents = [...within.matchAll(/\((\d+) %\)/g)].map(([, percent]) => Number(percent));
    expect(percents).toHaveLength(2);
    for (const percent of percents) expect(percent).toBeLessThan(60);
  });
});

describe("canaries of two runs", () => {
  const made = (fault: CanaryFault, nonce: string) =>
    canaryImage({ fault, nonce, compress: (tar) => tar }).image.blobs.map(
      ({ descriptor }) => descriptor.digest,
    );

  it("share no layer, so that no cache answers for the reader", () => {
    const all = CANARY_FAULTS.flatMap((fault) =>
      ["one", "other"].map((nonce) => made(fault, nonce).slice(1)),
    );
    const [one, other] = [
      all.filter((_each, index) => index % 2 === 0),
      all.filter((_each, index) => index % 2 === 1),
    ];
    const before = new Set(one.flat());
    expect(other.flat().filter((digest) => before.has(digest))).toEqual([]);
    expect(other.flat().length).toBeGreaterThan(3 * CANARY_FAULTS.length - 1);
  });

  it("are equal for an equal nonce", () => {
    for (const fault of CANARY_FAULTS) expect(made(fault, "one")).toEqual(made(fault, "one"));
  });

  it("say for each fault which gate it is for", () => {
    expect(Object.keys(PLANTED).sort()).toEqual(CANARY_FAULTS.filter((fault) => fault !== "none").sort());
  });
});
