import { describe, expect, it } from "vitest";
import { CYCLONEDX_TYPE } from "../../../src/core/audit/sbom/cyclonedx.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { Annotation } from "../../../src/core/oci/annotation.ts";
import { ociArtifact } from "../../../src/core/oci/artifact.ts";
import type { GateName, GateVerdict, ScanReport } from "../../../src/core/policy/gates/gate.ts";
import { notBuilt } from "../../../src/edge/builder/memory.ts";
import { RegistryError } from "../../../src/edge/registry/error.ts";
import type { SourceAnswer, VulnerabilitySource } from "../../../src/edge/scanner/port.ts";
import { pushArtifact } from "../../../src/flow/push-artifact.ts";
import { type ScanFlags, scanFleet } from "../../../src/flow/scan/scan-fleet.ts";
import { fixedSource } from "../../kit/fixed-source.ts";
import { type GatedOptions, gatedMachine } from "../../kit/gated-machine.ts";
import { memoryReferrers } from "../../kit/memory-referrers.ts";
import { HOST, NAMESPACE } from "../../kit/sample-fleet.ts";
import type { TestMachine } from "../../kit/world.ts";
import { released } from "../run.ts";

const at = (image: string) => ({ host: HOST, repository: `${NAMESPACE}/${image}` });

function scan(machine: TestMachine, flags: Partial<ScanFlags> = {}): Promise<ScanReport> {
  return scanFleet(machine.world(), { images: [], dependents: false, keep: false, ...flags });
}

/** A machine whose fleet was released while nothing was wrong. */
async function releasedMachine(options: GatedOptions = {}): Promise<TestMachine> {
  const machine = await gatedMachine(options);
  await released(machine);
  return machine;
}

function verdictOf({ images }: ScanReport, name: string, gate: GateName): GateVerdict | undefined {
  return images.find((image) => image.name === name)?.verdicts.find((each) => each.gate === gate);
}

/** By image: outcome, and what holds it back. */
function outcomes({ images }: ScanReport): readonly string[] {
  return images.map(
    ({ name, outcome, blockedBy }) =>
      `${name} ${outcome}${blockedBy === undefined ? "" : ` by ${blockedBy}`}`,
  );
}

describe("a scan", () => {
  it("judges the release by what is known now", async () => {
    const machine = await releasedMachine();
    expect(await scan(machine)).toMatchObject({ outcome: "passed", left: [], pinned: false });
    machine.sources = [
      fixedSource({ known: [{ id: "CVE-2026-1", name: "requests", version: "2.32.3", fixed: ["2.32.4"] }] }),
    ];
    const report = await scan(machine);
    expect(outcomes(report)).toEqual([
      "base denied",
      "web denied by base",
      "cpu denied by base",
      "api denied by web",
    ]);
    expect(verdictOf(report, "api", "vulnerabilities")?.findings).toMatchObject([
      { id: "CVE-2026-1", level: "deny", component: "pkg:pypi/requests@2.32.3", fixed: ["2.32.4"] },
    ]);
  });

  it("of some images says nothing of the others, and is good where those are", async () => {
    const machine = await releasedMachine();
    const report = await scan(machine, { images: ["web"], dependents: true });
    expect(outcomes(report)).toEqual(["web passed", "api passed"]);
    expect(report).toMatchObject({
      outcome: "passed",
      left: [
        { name: "base", why: "not asked for", asked: false },
        { name: "cpu", why: "not asked for", asked: false },
      ],
    });
    expect(report.images[1]?.ancestors).toEqual(["web", "base", "cpu"]);
  });

  it("of an image that is not there is not good, whatever the others are", async () => {
    const machine = await gatedMachine();
    const sound = machine.build;
    machine.build = async (request, push) =>
      request.image === "cpu" ? notBuilt("step-failed") : (sound?.(request, push) ?? push());
    await released(machine, { partial: true });
    const report = await scan(machine, { images: ["base", "cpu"] });
    expect(report.left).toContainEqual({
      name: "cpu",
      why: "the tree makes another one, which is not built",
      asked: true,
    });
    expect([outcomes(report), report.outcome]).toEqual([["base passed"], "unknown"]);
  });

  it("is kept in the ledger once a day for the same, and not where nobody asks for that", async () => {
    const machine = await releasedMachine();
    const count = async () =>
      (await machine.state.ledger.read()).filter(({ kind }) => kind === "scan").length;
    const before = await count();
    await scan(machine);
    expect(await count()).toBe(before);
    await scan(machine, { keep: true });
    await scan(machine, { keep: true });
    expect(await count()).toBe(before + 1);
  });
});

describe("a source of vulnerabilities", () => {
  const unknown: SourceAnswer = {
    state: "unknown",
    facts: undefined,
    why: "there is no database",
    hint: "fetch one",
  };

  it("that does not know leaves every image unknown, and its canaries alive", async () => {
    const machine = await releasedMachine();
    machine.sources = [fixedSource({ answer: () => unknown })];
    const report = await scan(machine);
    expect(report.outcome).toBe("unknown");
    expect(report.images.map((image) => image.outcome)).toEqual(Array(4).fill("unknown"));
    expect(verdictOf(report, "web", "vulnerabilities")?.findings).toContainEqual(
      expect.objectContaining({
        level: "unknown",
        message: "osv did not answer: there is no database",
        hint: "fetch one",
      }),
    );
    expect(report.canaries.every(({ alive }) => alive)).toBe(true);
    expect(report.sources).toMatchObject([{ source: "osv", state: "unknown", why: "there is no database" }]);
  });

  it("that knows is not enough where another does not answer", async () => {
    const machine = await releasedMachine();
    machine.sources = [fixedSource(), fixedSource({ name: "trivy", answer: () => unknown })];
    expect((await scan(machine)).outcome).toBe("unknown");
  });

  it("that leaves an image out, or looks at nothing, is in error", async () => {
    const machine = await releasedMachine();
    machine.sources = [
      fixedSource({
        answer: ({ name }, answer) =>
          name === "api"
            ? undefined
            : name === "cpu" && answer.state === "scanned"
              ? { ...answer, looked: { deb: 0, pypi: 0 } }
              : answer,
      }),
    ];
    const report = await scan(machine, { images: ["base", "cpu"] });
    expect(verdictOf(report, "cpu", "vulnerabilities")).toMatchObject({
      outcome: "error",
      findings: expect.arrayContaining([
        expect.objectContaining({
          message: "osv did not answer: it looked at no package of cpu, which has 2",
        }),
      ]),
    });
    const short = await scan(machine, { images: ["api"] });
    expect(short.outcome).toBe("error");
  });

  it("that is blind is told so, unless another sees", async () => {
    const machine = await releasedMachine();
    const blind = fixedSource({
      answer: (_, answer) =>
        answer.state === "scanned"
          ? {
              ...answer,
              looked: { ...answer.looked, deb: 0 },
              blind: [{ ecosystem: "deb", why: "its export has nothing of Debian" }],
            }
          : answer,
    });
    machine.sources = [blind];
    const alone = await scan(machine, { images: ["web"] });
    expect(verdictOf(alone, "web", "vulnerabilities")).toMatchObject({
      outcome: "unknown",
      findings: [
        {
          id: "unseen-deb",
          message: "no source looked at its 1 Debian packages: its export has nothing of Debian",
        },
      ],
    });
    machine.sources = [blind, fixedSource({ name: "suite" })];
    expect((await scan(machine, { images: ["web"] })).outcome).toBe("passed");
  });

  /** As an export of these ecosystems alone is: of the others it says that it has nothing. */
  const only = (...known: readonly ("deb" | "pypi")[]): VulnerabilitySource => ({
    name: "osv",
    scan: async (subjects, options) =>
      (await fixedSource().scan(subjects, options)).map((answer) =>
        answer.state === "scanned"
          ? {
              ...answer,
              looked: {
                deb: known.includes("deb") ? answer.looked.deb : 0,
                pypi: known.includes("pypi") ? answer.looked.pypi : 0,
              },
              blind: (["deb", "pypi"] as const)
                .filter((each) => !known.includes(each))
                .map((ecosystem) => ({ ecosystem, why: `it has nothing of ${ecosystem}` })),
              vulnerabilities: answer.vulnerabilities.filter(({ component }) =>
                known.some((each) => each === component.ecosystem),
              ),
            }
          : answer,
      ),
  });

  it("of PyPI alone has live canaries, and passes images that have no packages of a system", async () => {
    const machine = await releasedMachine({ sources: [only("pypi")], faults: { base: { bare: true } } });
    const report = await scan(machine);
    expect(report.outcome).toBe("passed");
    expect(verdictOf(report, "base", "vulnerabilities")?.reason).toBe(
      "nothing known of 0 packages and 1 distributions by osv",
    );
    const own = report.canaries.filter(({ gate }) => gate === "vulnerabilities");
    expect(own.map(({ planted, alive }) => [planted, alive])).toEqual([
      ["an image without fault", true],
      ["jinja2 2.10, for osv", true],
    ]);
  });

  it("of PyPI alone has live canaries where images have packages, of which it says that nobody knows", async () => {
    const machine = await releasedMachine();
    machine.sources = [only("pypi")];
    const report = await scan(machine);
    expect(report.canaries.every(({ alive }) => alive)).toBe(true);
    expect(verdictOf(report, "base", "vulnerabilities")).toMatchObject({
      outcome: "unknown",
      reason: "no source looked at its 1 Debian packages: it has nothing of deb",
    });
  });

  it("of Debian alone leaves images of Python alone unknown with its reason, and its canaries live", async () => {
    const machine = await releasedMachine({ faults: { base: { bare: true } } });
    machine.sources = [only("deb")];
    const report = await scan(machine);
    expect(verdictOf(report, "base", "vulnerabilities")).toMatchObject({
      outcome: "unknown",
      reason: "no source looked at its 1 Python distributions: it has nothing of pypi",
    });
    expect(report.canaries.every(({ alive }) => alive)).toBe(true);
  });

  it("that covers nothing of what images have leaves them unknown with its reason, and is no error", async () => {
    const machine = await releasedMachine();
    machine.sources = [only()];
    const report = await scan(machine);
    expect(report.outcome).toBe("unknown");
    expect(verdictOf(report, "base", "vulnerabilities")).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("it has nothing of deb"),
    });
  });

  it("that sees no canary is not believed", async () => {
    const machine = await releasedMachine();
    const [seeing] = machine.sources;
    machine.sources = [
      {
        name: "osv",
        scan: async (subjects, options) =>
          (await (seeing?.scan(subjects, options) ?? [])).map((answer) =>
            answer.state === "scanned" ? { ...answer, vulnerabilities: [] } : answer,
          ),
      },
    ];
    const report = await scan(machine);
    expect(report.outcome).toBe("error");
    expect(report.canaries.filter(({ alive }) => !alive)).toMatchObject([
      { gate: "vulnerabilities", planted: "openssl 1.0.0, for osv", found: "passed" },
      { gate: "vulnerabilities", planted: "jinja2 2.10, for osv", found: "passed" },
    ]);
  });

  it("is not asked where its gate is off, which is said", async () => {
    const machine = await releasedMachine({ gates: '{ off: { vulnerabilities: "next month" } }' });
    machine.sources = [fixedSource({ answer: () => unknown })];
    const report = await scan(machine);
    expect(report).toMatchObject({
      outcome: "passed",
      sources: [],
      off: [{ gate: "vulnerabilities", why: "next month" }],
    });
    expect(report.canaries.some(({ gate }) => gate === "vulnerabilities")).toBe(false);
  });
});

describe("the SBOM beside an image", () => {
  /** Puts a document beside the image, which is the only one that is listed. */
  async function replaceSbom(machine: TestMachine, image: string, text: string): Promise<void> {
    const digest = (await machine.state.ledger.last("release"))?.body.images.find(
      ({ name }) => name === image,
    )?.digest;
    if (digest === undefined) throw new Error(`${image} was not released`);
    const subject = await machine.registry.resolve({ ...at(image), digest });
    if (subject === undefined) throw new Error(`${image} is gone`);
    const artifact = ociArtifact({
      type: CYCLONEDX_TYPE,
      content: new TextEncoder().encode(text),
      subject,
      annotations: {},
    });
    const own = artifact.descriptor.digest;
    await pushArtifact(machine.registry, { ref: { ...at(image), digest: own }, artifact }, {});
    const { listReferrers } = memoryReferrers(machine.registry);
    machine.faults = {
      listReferrers: async (where, of, options) =>
        (await listReferrers(where, of, options)).filter(
          (each) => where.repository !== at(image).repository || each.digest === own,
        ),
    };
  }

  const document = (components: readonly object[]): string =>
    JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components });

  it("that lacks a component is denied by name", async () => {
    const machine = await releasedMachine();
    const components = [
      { type: "library", name: "requests", version: "2.32.3", purl: "pkg:pypi/requests@2.32.3" },
    ];
    await replaceSbom(machine, "web", document(components));
    const verdict = verdictOf(await scan(machine), "web", "sbom");
    expect(verdict).toMatchObject({ outcome: "denied", findings: [{ id: "sbom-incomplete" }] });
    expect(verdict?.findings[0]?.message).toMatch(/^the SBOM beside it lacks pkg:deb\/libc6@2\.36-9/);
  });

  it.each([
    ["text", "hello", /is no SBOM/],
    ["an empty document", document([]), /lacks pkg:deb\/libc6@2\.36-9/],
  ])("that is %s is denied", async (_what, text, message) => {
    const machine = await releasedMachine();
    await replaceSbom(machine, "web", text);
    const verdict = verdictOf(await scan(machine), "web", "sbom");
    expect(verdict?.outcome).toBe("denied");
    expect(verdict?.findings.map((each) => each.message).join()).toMatch(message);
  });

  it("is missed where none is there, and not where the blueprint attaches none", async () => {
    const machine = await releasedMachine();
    machine.faults = { listReferrers: async () => [] };
    expect(verdictOf(await scan(machine), "web", "sbom")).toMatchObject({
      outcome: "denied",
      findings: [
        { id: "sbom-missing", message: "no SBOM is beside it: none of 0 artifacts beside it is one" },
      ],
    });
    machine.faults = {};
    expect(verdictOf(await scan(machine), "web", "sbom")?.reason).toContain("lists no referrers");
    machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace(
      "build:\n",
      "build:\n  sbom: off\n",
    );
    expect(verdictOf(await scan(machine), "web", "sbom")?.outcome).toBe("passed");
  });
});

describe("where an image stands", () => {
  it("is denied where its tag was moved, or is gone", async () => {
    const machine = await releasedMachine();
    const { tag } = await released(machine);
    const other = await machine.registry.readManifest({ ...at("cpu"), tag });
    if (other === undefined) throw new Error("cpu has no tag");
    // Another manifest of the same image.
    const bytes = new TextEncoder().encode(` ${new TextDecoder().decode(other.bytes)}`);
    await machine.registry.putManifest({ ...at("cpu"), tag }, bytes, other.descriptor.mediaType);
    machine.registry.dropTag(at("web"), tag);
    const report = await scan(machine);
    expect(verdictOf(report, "cpu", "tags")).toMatchObject({
      outcome: "denied",
      findings: [{ id: "tag-moved", message: expect.stringContaining(digestOf(bytes)) }],
    });
    expect(verdictOf(report, "web", "tags")).toMatchObject({
      outcome: "denied",
      findings: [{ id: "tag-gone" }],
    });
    expect(verdictOf(report, "base", "tags")?.outcome).toBe("passed");
  });

  it("is denied where it says that it was made of another base than the release has", async () => {
    const machine = await gatedMachine({
      faults: { cpu: { annotations: { [Annotation.baseDigest]: digestOf("an older base") } } },
    });
    machine.files["lapstrake.yaml"] = String(machine.files["lapstrake.yaml"]).replace("gates: {}\n", "");
    const body = await released(machine);
    const base = body.images.find(({ name }) => name === "base")?.digest;
    machine.files["lapstrake.yaml"] = `${machine.files["lapstrake.yaml"]}gates: {}\n`;
    expect(verdictOf(await scan(machine), "cpu", "base")).toMatchObject({
      outcome: "denied",
      findings: [
        {
          id: "base-behind",
          message: `it stands on base ${digestOf("an older base")}, but release ${body.tag} has ${base}`,
        },
      ],
    });
  });

  it("on a root is denied where the lock names another by now", async () => {
    const machine = await releasedMachine();
    const moved = digestOf("a newer root");
    machine.files["lapstrake.lock"] = String(machine.files["lapstrake.lock"]).replace(
      /sha256:[0-9a-f]{64}/,
      moved,
    );
    const report = await scan(machine);
    expect(verdictOf(report, "base", "base")?.findings[0]?.message).toContain(
      `but lapstrake.lock has ${moved}`,
    );
    expect(verdictOf(report, "web", "base")?.outcome).toBe("passed");
  });
});

describe("an image that cannot be read", () => {
  const failing = (machine: TestMachine, image: string, fail: () => never): void => {
    machine.faults = {
      ...memoryReferrers(machine.registry),
      readBlob: (where, blob, options) =>
        where.repository === at(image).repository ? fail() : machine.registry.readBlob(where, blob, options),
    };
  };

  it("is unknown, in its place, and holds back what is built on it", async () => {
    const machine = await releasedMachine();
    failing(machine, "base", () => {
      throw new RegistryError("REGISTRY_UNREACHABLE", "nobody answers");
    });
    const report = await scan(machine);
    expect(outcomes(report)).toEqual([
      "base unknown",
      "web passed by base",
      "cpu passed by base",
      "api passed by base",
    ]);
    expect(report).toMatchObject({ outcome: "unknown", left: [] });
    expect(report.images[0]?.verdicts).toMatchObject([{ reason: "it could not be read: nobody answers" }]);
  });

  it("is an error where it is gone from the registry", async () => {
    const machine = await releasedMachine();
    const { images } = await released(machine);
    const gone = images.find(({ name }) => name === "web")?.digest;
    machine.faults = {
      ...memoryReferrers(machine.registry),
      readManifest: async (ref, options) =>
        ref.digest === gone ? undefined : machine.registry.readManifest(ref, options),
    };
    const report = await scan(machine);
    expect(outcomes(report)).toEqual(["base passed", "web error", "cpu passed", "api passed by web"]);
    expect(report.images[1]?.verdicts[0]?.reason).toContain("it is not in the registry any more");
  });

  it("is no finding where the run was cancelled: that is thrown", async () => {
    const machine = await releasedMachine();
    failing(machine, "base", () => {
      machine.kill.abort(new Error("the run was cancelled"));
      throw new RegistryError("REGISTRY_UNREACHABLE", "nobody answers");
    });
    await expect(scan(machine)).rejects.toThrow("the run was cancelled");
  });
});
