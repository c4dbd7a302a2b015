import { assert, jsonValue, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../../src/core/audit/error.ts";
import { cyclonedx } from "../../../src/core/audit/sbom/cyclonedx.ts";
import { listedOf } from "../../../src/core/audit/sbom/listed-sbom.ts";
import { parsePurl } from "../../../src/core/audit/sbom/parse-purl.ts";
import { parseSbom } from "../../../src/core/audit/sbom/parse-sbom.ts";
import { purl } from "../../../src/core/audit/sbom/purl.ts";
import type { Sbom } from "../../../src/core/audit/sbom/sbom.ts";
import { spdx } from "../../../src/core/audit/sbom/spdx.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate } from "../../kit/seeded-random.ts";

const component = (type: "deb" | "pypi", name: string, version: string): Sbom["components"][number] => {
  const id = purl({ type, name, version, ...(type === "deb" ? { namespace: "debian" } : {}) });
  return {
    id,
    ecosystem: type,
    name,
    version,
    purl: id,
    licences: [{ name: "of its own" }],
    files: [{ path: `opt/${name}` }],
    dependsOn: [],
    broughtBy: undefined,
    about: {},
  };
};

const SBOM: Sbom = {
  subject: {
    name: "app",
    digest: digestOf("image"),
    repository: "registry.example/demo/app",
    architecture: "amd64",
  },
  created: "2026-11-26T10:00:00Z",
  tool: "1",
  system: { id: "debian", version: "12" },
  components: [component("deb", "libc6", "2:2.36-9+deb12u8"), component("pypi", "jinja2", "3.1.4")],
};
const bytes = (text: unknown): Uint8Array =>
  Buffer.from(typeof text === "string" ? text : JSON.stringify(text));
const cdx = (more: object): Uint8Array => bytes({ bomFormat: "CycloneDX", specVersion: "1.6", ...more });
const messageOf = (document: Uint8Array): string => {
  try {
    parseSbom(document);
  } catch (thrown) {
    if (!(thrown instanceof AuditError) || thrown.code !== "SBOM_INVALID") throw thrown;
    expect(thrown.message).not.toContain("\n");
    return thrown.message;
  }
  return "read";
};

describe("a purl", () => {
  it.each([
    ["pkg:deb/debian/libc6@2%3A2.36?arch=amd64&distro=debian-12", "debian", "libc6", "2:2.36"],
    ["pkg:pypi/jinja2@3.1.4", undefined, "jinja2", "3.1.4"],
    ["pkg:PyPI/Jinja2", undefined, "Jinja2", undefined],
    ["pkg:golang/github.com/a/b@v1.2#sub/path", "github.com/a", "b", "v1.2"],
    ["pkg:npm/%40scope/name@1", "@scope", "name", "1"],
  ])("%s is taken apart", (text, namespace, name, version) => {
    expect(parsePurl(text)).toMatchObject({
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(version === undefined ? {} : { version }),
    });
  });

  it.each([
    "",
    "pkg:",
    "pkg:deb",
    "pkg:deb/",
    "deb/libc6",
    "pkg:1/x",
    "pkg:deb/%zz",
    "pkg:deb/a?=x",
    "x".repeat(5000),
  ])("%j is none", (text) => {
    expect(parsePurl(text)).toBeUndefined();
  });

  it("that we write is read back as it was", () => {
    const part = string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter(
      (text) => !/[/]|^[.]+$/.test(text),
    );
    assert(
      property(part, part, part, (name, version, arch) => {
        const read = parsePurl(
          purl({ type: "deb", namespace: "debian", name, version, qualifiers: { arch } }),
        );
        expect(read).toEqual({ type: "deb", namespace: "debian", name, version, qualifiers: { arch } });
      }),
    );
  });
});

describe("an SBOM", () => {
  const listed = listedOf(SBOM);
  it.each([
    ["CycloneDX 1.6", cyclonedx(SBOM, { withFiles: true })],
    ["CycloneDX 1.6", cyclonedx(SBOM, { withFiles: false })],
    ["SPDX-2.3", spdx(SBOM)],
  ])("that we write as %s lists what it was made of, and of which image", (format, text) => {
    const read = parseSbom(bytes(text));
    expect(read).toMatchObject({ format, subject: digestOf("image") });
    const plain = ({ type, name, version }: { type: string; name: string; version?: string }) => [
      type,
      name,
      version,
    ];
    expect(read.components.map(plain)).toEqual(listed.components.map(plain));
    expect(read.components.map(plain)).toEqual([
      ["deb", "libc6", "2:2.36-9+deb12u8"],
      ["pypi", "jinja2", "3.1.4"],
    ]);
  });

  it("lists components within components, and says where each stands", () => {
    const nested = cdx({
      components: [
        {
          name: "a",
          components: [{ name: "b", purl: "pkg:pypi/b@1", components: [{ purl: "pkg:deb/debian/c@1" }] }],
        },
      ],
    });
    expect(parseSbom(nested)).toEqual({
      format: "CycloneDX 1.6",
      subject: undefined,
      components: [
        { type: "pypi", name: "b", version: "1", at: "/components/0/components/0" },
        {
          type: "deb",
          namespace: "debian",
          name: "c",
          version: "1",
          at: "/components/0/components/0/components/0",
        },
      ],
      unnamed: 1,
    });
  });

  it("of SPDX whose packages are all described lists them all the same", () => {
    const packages = [
      { SPDXID: "SPDXRef-a", externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:pypi/a@1" }] },
    ];
    const read = parseSbom(bytes({ spdxVersion: "SPDX-2.2", documentDescribes: ["SPDXRef-a"], packages }));
    expect(read.components).toHaveLength(1);
  });

  it.each<readonly [string, Uint8Array, string]>([
    ["nothing", bytes(""), "the SBOM is no JSON in UTF-8"],
    ["HTML", bytes("<html>"), "no JSON"],
    ["text that is no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "no JSON"],
    ["a list", bytes("[]"), "the SBOM must be an object"],
    ["another document", bytes({ hello: 1 }), "neither CycloneDX"],
    [
      "CycloneDX of no version",
      bytes({ bomFormat: "CycloneDX" }),
      "/specVersion of the SBOM must be a string",
    ],
    [
      "CycloneDX of a later major",
      cdx({ specVersion: "2.0" }),
      '/specVersion of the SBOM must be 1.x, and is "2.0"',
    ],
    ["components that are no list", cdx({ components: {} }), "/components of the SBOM must be a list"],
    ["a component that is none", cdx({ components: [{}, 1] }), "/components/1 of the SBOM must be an object"],
    [
      "a purl that is a number",
      cdx({ components: [{ purl: 1 }] }),
      "/components/0/purl of the SBOM must be a string",
    ],
    [
      "a purl that is none",
      cdx({ components: [{ purl: "lib\nc" }] }),
      '/components/0/purl of the SBOM must be a package URL, and is "lib\\nc"',
    ],
    [
      "a subject that is none",
      cdx({ metadata: { component: 1 } }),
      "/metadata/component of the SBOM must be an object",
    ],
    [
      "SPDX 3",
      bytes({ spdxVersion: "SPDX-3.0" }),
      '/spdxVersion of the SBOM must be SPDX-2.x, and is "SPDX-3.0"',
    ],
    [
      "a package without an id",
      bytes({ spdxVersion: "SPDX-2.3", packages: [{}] }),
      "/packages/0/SPDXID of the SBOM must be a string",
    ],
    [
      "a reference that is none",
      bytes({ spdxVersion: "SPDX-2.3", packages: [{ SPDXID: "a", externalRefs: [null] }] }),
      "/packages/0/externalRefs/0 of the SBOM must be an object",
    ],
    [
      "brackets without end",
      bytes(`{"bomFormat":${"[".repeat(1_000_000)}`),
      "the SBOM nests deeper than 64, at byte 76",
    ],
    [
      "components within components",
      cdx({ components: JSON.parse(`${'[{"components":'.repeat(40)}[]${"}]".repeat(40)}`) as unknown }),
      "nests deeper than 64",
    ],
    [
      "millions of empty objects",
      bytes(`{"components":[${"{},".repeat(1_100_000)}{}]}`),
      "has more than 2000000 values",
    ],
    ["millions of numbers", bytes(`[${"1,".repeat(2_100_000)}1]`), "has more than 2000000 values"],
    [
      "more than it may have",
      new Uint8Array(64 * 1024 * 1024 + 1),
      "has 67108865 bytes; at most 67108864 are read",
    ],
    ["a quote without end", bytes(`{"${"\\\\".repeat(100_000)}`), "no JSON"],
  ])("that is %s is refused, with its place", (_what, document, message) => {
    expect(messageOf(document)).toContain(message);
  });

  it("is read or refused, whatever becomes of it", () => {
    const random = createRandom(FUZZ_SEED);
    const documents = [cyclonedx(SBOM, { withFiles: true }), spdx(SBOM)].map((text) => Buffer.from(text));
    let refused = 0;
    for (let run = 0; run < fuzzRuns(3000); run++) {
      const document = mutate(documents[run % 2]!, random);
      if (messageOf(document) !== "read") refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });

  it("is read or refused, whatever its members are", () => {
    const seen = new Set<string>();
    assert(
      property(jsonValue({ maxDepth: 4 }), jsonValue({ maxDepth: 3 }), (one, other) => {
        messageOf(
          cdx({ components: [one, { purl: other, components: one }], metadata: { component: other } }),
        );
        const spdxDocument = {
          spdxVersion: "SPDX-2.3",
          packages: [{ SPDXID: "a", externalRefs: one, versionInfo: other }, other],
          relationships: one,
        };
        seen.add(messageOf(bytes(spdxDocument)));
      }),
      { numRuns: fuzzRuns(500), seed: FUZZ_SEED },
    );
    expect(seen.size).toBeGreaterThan(3);
  });
});
