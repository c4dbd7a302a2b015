import { describe, expect, it } from "vitest";
import { LINKS_QUESTION } from "../../../src/core/audit/image/audit-question.ts";
import { flatten } from "../../../src/core/audit/image/flatten.ts";
import { cyclonedx } from "../../../src/core/audit/sbom/cyclonedx.ts";
import { type ListedSbom, listedOf } from "../../../src/core/audit/sbom/listed-sbom.ts";
import { parsePurl } from "../../../src/core/audit/sbom/parse-purl.ts";
import { parseSbom } from "../../../src/core/audit/sbom/parse-sbom.ts";
import type { Sbom } from "../../../src/core/audit/sbom/sbom.ts";
import { spdx } from "../../../src/core/audit/sbom/spdx.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { describeImage } from "../../../src/core/policy/sbom/describe-image.ts";
import { type GivenSbom, sbomVerdict } from "../../../src/core/policy/sbom/sbom-verdict.ts";
import { gatherFacts } from "../../../src/flow/audit/gather-facts.ts";
import { layerOf } from "../../audit/layers.ts";
import type { TarItem } from "../../kit/tar-writer.ts";
import { type Changes, factsOf } from "../../verify/image-facts.ts";
import { FILES } from "../../verify/sound-image.ts";

const SITE = "opt/venv/lib/python3.11/site-packages";
const STATUS = `Package: libc6
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u8

Package: tini
Status: install ok installed
Architecture: amd64
Version: 1:0.19.0-1
Description: init
 Package: none, for this is a description
 .
 Version: 7

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`;
const metadata = (folder: string, name: string, version: string): TarItem => ({
  path: `${folder}/METADATA`,
  content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
});
const PACKAGES: readonly TarItem[] = [
  { path: "var/lib/dpkg/status", content: STATUS },
  metadata(`${SITE}/Jinja2-2.10.dist-info`, "Jinja2", "2.10"),
  metadata(`${SITE}/torch-2.4.0+cu121.dist-info`, "torch", "2.4.0+cu121"),
  { path: `${SITE}/old.thing-1.0-py3.11.egg-info/PKG-INFO`, content: "Name: old.thing\nVersion: 1.0\n" },
  { path: "usr/lib/python3/dist-packages/six-1.16.0.egg-info", content: "Name: six\nVersion: 1.16.0\n" },
  // What an upgrade left behind is no distribution.
  { path: `${SITE}/~ip-1.0.dist-info/REQUESTED` },
];
const LISTED = [
  "pkg:deb/debian/libc6@2.36-9%2Bdeb12u8?arch=amd64&distro=debian-12",
  "pkg:deb/debian/tini@1%3A0.19.0-1?arch=amd64",
  "pkg:pypi/jinja2@2.10",
  "pkg:pypi/torch@2.4.0%2Bcu121",
  "pkg:pypi/old-thing@1.0",
  "pkg:pypi/six@1.16.0",
];
const sbom = (purls: readonly string[], subject?: ListedSbom["subject"]): GivenSbom => ({
  state: "read",
  digest: digestOf("document"),
  sbom: {
    format: "CycloneDX 1.6",
    subject,
    components: purls.map((text, index) => ({ ...parsePurl(text)!, at: `/components/${index}` })),
    unnamed: 0,
  },
});
const judged = (given: GivenSbom, packages = PACKAGES, changes: Changes = {}) =>
  sbomVerdict(factsOf({ layers: [[...FILES, ...packages]], ...changes }), given);
const told = (...given: Parameters<typeof judged>) => {
  const { outcome, reasons } = judged(...given);
  return [outcome, ...reasons.map(({ id, message }) => (id === undefined ? message : `${id}: ${message}`))];
};

describe("an SBOM is complete", () => {
  it("where it lists all that dpkg and Python have recorded", () => {
    const verdict = judged(sbom(LISTED));
    expect(verdict).toMatchObject({ rule: "sbom-complete", outcome: "holds" });
    expect(verdict.reasons[0]?.message).toBe(
      "its SBOM (CycloneDX 1.6) lists all 2 package(s) of dpkg and 4 distribution(s) of Python that are in the image",
    );
    expect(verdict.inputs).toContainEqual({ name: "SBOM", digest: digestOf("document") });
  });

  it.each(LISTED.map((purl, index) => [purl, index] as const))("and is not without %s", (_purl, index) => {
    const { outcome, reasons } = judged(sbom(LISTED.filter((_each, at) => at !== index)));
    expect([outcome, reasons.map(({ id }) => id)]).toEqual(["fails", ["not-in-sbom"]]);
    expect(reasons[0]?.path).toMatch(index < 2 ? /status$/ : /-info$/);
  });

  it.each([
    ["another version of a package", "tini@1%3A0.19.0-1", "tini@1%3A0.19.0-2"],
    ["a package without its epoch", "tini@1%3A0.19.0-1", "tini@0.19.0-1"],
    ["another architecture", "tini@1%3A0.19.0-1?arch=amd64", "tini@1%3A0.19.0-1?arch=arm64"],
    ["another version of a distribution", "jinja2@2.10", "jinja2@2.11"],
    ["another build of a distribution", "torch@2.4.0%2Bcu121", "torch@2.4.0"],
    ["another kind of the same name", "pypi/six", "npm/six"],
  ])("and is not with %s", (_what, from, to) => {
    expect(judged(sbom(LISTED.map((each) => each.replace(from, to)))).outcome).toBe("fails");
  });

  it.each([
    ["an epoch beside the version", "tini@1%3A0.19.0-1?arch=amd64", "tini@0.19.0-1?arch=amd64&epoch=1"],
    ["no architecture", "tini@1%3A0.19.0-1?arch=amd64", "tini@1%3A0.19.0-1"],
    ["a name in another spelling", "pypi/old-thing", "pypi/Old_Thing"],
    ["a version in another spelling", "six@1.16.0", "six@v1.16"],
  ])("with %s, too", (_what, from, to) => {
    expect(told(sbom(LISTED.map((each) => each.replace(from, to))))[0]).toBe("holds");
  });

  it("where the image has nothing that anybody recorded, and it says so", () => {
    expect(told(sbom([]), [])[0]).toBe("holds");
  });

  it("by dpkg's other form, a file for each package", () => {
    const split = [
      {
        path: "var/lib/dpkg/status.d/tini",
        content: "Package: tini\nVersion: 1:0.19.0-1\nArchitecture: amd64\n",
      },
      { path: "var/lib/dpkg/status.d/tini.md5sums", content: "0  usr/bin/tini\n" },
    ];
    expect(told(sbom([LISTED[1]!]), split)[0]).toBe("holds");
    expect(told(sbom([]), split)).toEqual([
      "fails",
      "empty-sbom: its SBOM (CycloneDX 1.6) lists no package, and the image has 1 package(s) of dpkg and 0 distribution(s) of Python",
    ]);
  });
});

describe("an SBOM fails", () => {
  it("where it is empty, in one reason", () => {
    expect(told(sbom([]))).toEqual([
      "fails",
      "empty-sbom: its SBOM (CycloneDX 1.6) lists no package, and the image has 2 package(s) of dpkg and 4 distribution(s) of Python",
    ]);
    expect(told(sbom(["pkg:golang/a/b@1"]))[0]).toBe("fails");
  });

  it("where it is of another image", () => {
    const subject = digestOf("another");
    expect(told(sbom(LISTED, subject))).toEqual(["fails", `sbom-of-another: its SBOM is of ${subject}`]);
    expect(told(sbom(LISTED, digestOf("manifest")))[0]).toBe("holds");
    expect(told({ ...sbom(LISTED, subject), subjects: [subject] } as GivenSbom)[0]).toBe("holds");
  });

  it("where it is missing or none; and is unknown where nobody could read it", () => {
    expect(told({ state: "missing", why: "nothing refers to it" })).toEqual([
      "fails",
      "no-sbom: it has no SBOM: nothing refers to it",
    ]);
    expect(told({ state: "invalid", why: "the SBOM is no JSON in UTF-8" })[0]).toBe("fails");
    expect(told({ state: "unknown", why: "503" })).toEqual(["unknown", "its SBOM could not be read: 503"]);
  });

  it("in fifty lines at most", () => {
    const many = Array.from({ length: 60 }, (_each, index) =>
      metadata(`${SITE}/m${index}-1.dist-info`, `m${index}`, "1"),
    );
    const lines = told(sbom(LISTED), [...PACKAGES, ...many]);
    expect(lines).toHaveLength(52);
    expect(lines.at(-1)).toBe("and 10 more are not in its SBOM");
  });

  it("never where nobody could look: then it is unknown", () => {
    const link = [
      { path: "var/lib/dpkg/status", flag: "2", target: "../../../opt/status", mode: 0o777 },
      { path: "opt/status", content: STATUS },
    ];
    expect(told(sbom([]), link)).toEqual([
      "unknown",
      "/var/lib/dpkg/status was not read: what dpkg has installed is not known",
    ]);
    const content = { state: "unread", outcome: "unknown", why: "cut" } as const;
    expect(told(sbom(LISTED), PACKAGES, { content })[0]).toBe("unknown");
  });
});

it("what we make of an image is complete by this, in both formats", () => {
  const layers = [layerOf([...FILES, ...PACKAGES], LINKS_QUESTION)];
  const { facts, origins, licences } = gatherFacts({ layers, flat: flatten(layers) }, {});
  const made: Sbom = describeImage({
    facts,
    origins,
    licences,
    layers: [],
    subject: { name: "app", digest: digestOf("manifest"), architecture: "amd64" },
    created: undefined,
    tool: "1",
    machine: "x86_64",
  });
  expect(told({ state: "read", sbom: listedOf(made) })[0]).toBe("holds");
  for (const text of [cyclonedx(made, { withFiles: true }), spdx(made)])
    expect(told({ state: "read", sbom: parseSbom(Buffer.from(text)) })).toEqual([
      "holds",
      expect.stringContaining("lists all 2 package(s) of dpkg and 4 distribution(s) of Python"),
    ]);
});

it("a status of one endless line takes no longer than its length", () => {
  const started = performance.now();
  const content = `Package: x\nVersion:${" ".repeat(2_000_000)}x\n${"\n ".repeat(500_000)}Architecture:${"\t".repeat(500_000)}`;
  told(sbom([]), [{ path: "var/lib/dpkg/status", content }]);
  expect(performance.now() - started).toBeLessThan(3000);
});
