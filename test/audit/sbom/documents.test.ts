import { describe, expect, test } from "vitest";
import { cyclonedx } from "../../../src/core/audit/sbom/cyclonedx.ts";
import type { Sbom, SbomComponent } from "../../../src/core/audit/sbom/sbom.ts";
import { spdx } from "../../../src/core/audit/sbom/spdx.ts";
import { digestOf } from "../../../src/core/base/digest.ts";
import { cyclonedxErrors } from "../../kit/sbom-schemas.ts";

const DIFF_ID = digestOf("layer");

const OPENSSL: SbomComponent = {
  id: "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl",
  ecosystem: "deb",
  name: "libssl3",
  version: "3.0.15-1~deb12u1",
  purl: "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl",
  maintainer: "Debian OpenSSL Team <openssl@example.org>",
  homepage: "https://www.openssl.org/",
  licences: [{ expression: "Apache-2.0" }, { name: "Artistic" }],
  files: [
    { path: "usr/lib/libssl.so.3", hash: { algorithm: "MD5", hex: "0123456789abcdef0123456789abcdef" } },
  ],
  dependsOn: [],
  broughtBy: { layer: 2, diffId: DIFF_ID, instruction: "docker/base/Dockerfile:3-9" },
  about: { "deb:source": "openssl" },
};

const SAMPLE: Sbom = {
  subject: {
    name: "family-web",
    digest: digestOf("manifest"),
    repository: "registry.example/fleet/family-web",
    architecture: "amd64",
  },
  created: "2026-11-26T10:00:00Z",
  tool: "0.0.1",
  system: { id: "debian", version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
  components: [
    OPENSSL,
    {
      id: "pkg:pypi/fast-api@1.0",
      ecosystem: "pypi",
      name: "Fast_API",
      version: "1.0",
      purl: "pkg:pypi/fast-api@1.0",
      licences: [{ expression: "MIT OR Apache-2.0" }],
      files: [],
      dependsOn: [OPENSSL.id],
      broughtBy: undefined,
      about: {},
    },
  ],
};

interface Document {
  readonly [key: string]: unknown;
  readonly components: readonly Record<string, unknown>[];
  readonly packages: readonly Record<string, unknown>[];
}

const parsed = (text: string): Document => JSON.parse(text) as Document;

describe("CycloneDX 1.6", () => {
  const text = cyclonedx(SAMPLE, { withFiles: true });

  test("is what the published schema asks for", () => {
    expect(cyclonedxErrors(text)).toBe("");
  });

  test("is refused by that schema where a member is wrong (canary)", () => {
    expect(cyclonedxErrors(text.replace('"library"', '"libary"'))).toContain("must be equal");
  });

  test("says of a package who made it, its licences, files and what brought it", () => {
    expect(parsed(text).components[1]).toMatchObject({
      "bom-ref": OPENSSL.id,
      purl: OPENSSL.purl,
      supplier: { name: OPENSSL.maintainer },
      licenses: [{ license: { id: "Apache-2.0" } }, { license: { name: "Artistic" } }],
      components: [{ type: "file", name: "/usr/lib/libssl.so.3", hashes: [{ alg: "MD5" }] }],
      properties: [
        { name: "lapstrake:deb:source", value: "openssl" },
        { name: "lapstrake:layer:index", value: "2" },
        { name: "lapstrake:layer:diffID", value: DIFF_ID },
        { name: "lapstrake:dockerfile", value: "docker/base/Dockerfile:3-9" },
      ],
    });
  });

  test("writes one compound licence as an expression, and every edge", () => {
    expect(parsed(text).components[2]).toMatchObject({ licenses: [{ expression: "MIT OR Apache-2.0" }] });
    expect(parsed(text)["dependencies"]).toContainEqual({
      ref: "pkg:pypi/fast-api@1.0",
      dependsOn: [OPENSSL.id],
    });
  });

  test("has the same bytes for the same content, and another serial number for another", () => {
    expect(cyclonedx(structuredClone(SAMPLE), { withFiles: true })).toBe(text);
    const other = cyclonedx({ ...SAMPLE, components: [OPENSSL] }, { withFiles: true });
    expect(parsed(other)["serialNumber"]).not.toBe(parsed(text)["serialNumber"]);
  });

  test("holds what hostile names say as text", () => {
    const name = '</script>"\\\u202e\ud800';
    const hostile = { ...OPENSSL, name, id: name, maintainer: name, licences: [{ name }] };
    expect(cyclonedxErrors(cyclonedx({ ...SAMPLE, components: [hostile] }, { withFiles: true }))).toBe("");
  });
});

describe("SPDX 2.3", () => {
  const document = parsed(spdx(SAMPLE));

  test("describes the image, which contains each package", () => {
    const [image, ssl, fast] = document.packages.map((each) => each["SPDXID"]);
    expect(document["relationships"]).toEqual([
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: image },
      { spdxElementId: image, relationshipType: "CONTAINS", relatedSpdxElement: ssl },
      { spdxElementId: image, relationshipType: "CONTAINS", relatedSpdxElement: fast },
      { spdxElementId: fast, relationshipType: "DEPENDS_ON", relatedSpdxElement: ssl },
    ]);
  });

  test("declares licences that no list has as its own", () => {
    const [info] = document["hasExtractedLicensingInfos"] as { licenseId: string; extractedText: string }[];
    expect(info?.extractedText).toBe("Artistic");
    expect(document.packages[1]).toMatchObject({
      supplier: "Person: Debian OpenSSL Team (openssl@example.org)",
      licenseDeclared: `Apache-2.0 AND ${info?.licenseId}`,
    });
    expect(document.packages[2]).toMatchObject({ licenseDeclared: "(MIT OR Apache-2.0)" });
  });
});
