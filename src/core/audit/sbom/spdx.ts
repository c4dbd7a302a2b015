import { digestOf, shortDigest } from "../../base/digest.ts";
import { canonicalJson, type Json } from "../../base/json.ts";
import { subjectRef, uuidOf } from "./cyclonedx.ts";
import type { Licence, Sbom, SbomComponent, SbomSubject } from "./sbom.ts";

export const SPDX_TYPE = "application/spdx+json";

const NO_ASSERTION = "NOASSERTION";
/** The format has no document without a time. */
const NO_TIME = "1970-01-01T00:00:00Z";

/**
 * SPDX 2.3 as JSON: equal SBOMs, equal bytes. Files are left out, since it asks for the SHA-1 of each, which neither dpkg nor
 * Python's installers record.
 */
export function spdx(sbom: Sbom): string {
  const subject = spdxId("Image", subjectRef(sbom.subject));
  const ids = new Map(sbom.components.map(({ id, name }) => [id, spdxId(name, id)]));
  const names = new NamedLicences();
  const packages = [
    subjectOf(sbom.subject, subject),
    ...sbom.components.map((each) => packageOf(each, ids.get(each.id) ?? "", names)),
  ];
  const relationships = [
    relation("SPDXRef-DOCUMENT", "DESCRIBES", subject),
    ...sbom.components.map(({ id }) => relation(subject, "CONTAINS", ids.get(id) ?? "")),
    ...sbom.components.flatMap(({ id, dependsOn }) =>
      dependsOn.map((other) => relation(ids.get(id) ?? "", "DEPENDS_ON", ids.get(other) ?? "")),
    ),
  ];
  const content = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: sbom.subject.name,
    creationInfo: {
      created: sbom.created?.replace(/\.[0-9]+Z$/, "Z") ?? NO_TIME,
      creators: [`Tool: lapstrake-${sbom.tool}`],
    },
    packages,
    relationships,
    ...(names.all.length === 0 ? {} : { hasExtractedLicensingInfos: names.all }),
  } satisfies Json;
  return canonicalJson({ ...content, documentNamespace: `urn:uuid:${uuidOf(content)}` });
}

function relation(from: string, type: string, to: string): Json {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

/** Letters, digits, dots and dashes; the digest keeps apart what these leave alike. */
function spdxId(name: string, id: string): string {
  return `SPDXRef-${name.replace(/[^A-Za-z0-9.-]/g, "-").slice(0, 100)}-${shortDigest(digestOf(id), 16)}`;
}

function subjectOf({ name, digest, ...rest }: SbomSubject, id: string): Json {
  const about = {
    SPDXID: id,
    name,
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    primaryPackagePurpose: "CONTAINER",
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: NO_ASSERTION,
    copyrightText: NO_ASSERTION,
  };
  if (digest === undefined) return about;
  return {
    ...about,
    versionInfo: digest,
    checksums: [{ algorithm: "SHA256", checksumValue: digest.slice("sha256:".length) }],
    externalRefs: [purlRef(subjectRef({ name, digest, ...rest }))],
  };
}

function packageOf(each: SbomComponent, id: string, names: NamedLicences): Json {
  const { name, version, maintainer, homepage, broughtBy, about } = each;
  const facts = {
    ...about,
    ...(broughtBy === undefined ? {} : { layer: broughtBy.diffId ?? String(broughtBy.layer) }),
    ...(broughtBy?.instruction === undefined ? {} : { dockerfile: broughtBy.instruction }),
  };
  return {
    SPDXID: id,
    name,
    versionInfo: version,
    ...(maintainer === undefined ? {} : { supplier: supplierOf(maintainer) }),
    downloadLocation: NO_ASSERTION,
    filesAnalyzed: false,
    ...(homepage === undefined ? {} : { homepage }),
    sourceInfo: Object.entries(facts)
      .map(([key, value]) => `${key}: ${value}`)
      .join("; "),
    licenseConcluded: NO_ASSERTION,
    licenseDeclared: names.declared(each.licences),
    copyrightText: NO_ASSERTION,
    externalRefs: [purlRef(each.purl)],
  };
}

function purlRef(locator: string): Json {
  return { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: locator };
}

/** `Person: NAME (ADDRESS)`: the format has its own way to write both. */
function supplierOf(maintainer: string): string {
  const [, name, address] = /^([^<>]*[^<> ])\s*<([^<>\s]+)>$/.exec(maintainer) ?? [];
  const plain = (name ?? maintainer)
    .replace(/[()\r\n]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return address === undefined ? `Organization: ${plain}` : `Person: ${plain} (${address})`;
}

/** Licences that no list has: SPDX wants them as texts of the document. */
class NamedLicences {
  readonly #byName = new Map<string, Json>();

  get all(): readonly Json[] {
    return [...this.#byName.values()];
  }

  declared(licences: readonly Licence[]): string {
    const parts = licences.map((each) => {
      if ("expression" in each)
        return each.expression.includes(" ") ? `(${each.expression})` : each.expression;
      const licenseId = `LicenseRef-${shortDigest(digestOf(each.name), 16)}`;
      this.#byName.set(each.name, { licenseId, name: each.name, extractedText: each.name });
      return licenseId;
    });
    return parts.length === 0 ? NO_ASSERTION : parts.join(" AND ");
  }
}
