import { digestOf } from "../../base/digest.ts";
import { canonicalJson, type Json } from "../../base/json.ts";
import { purl } from "./purl.ts";
import type { Licence, Sbom, SbomComponent, SbomSubject } from "./sbom.ts";

export const CYCLONEDX_TYPE = "application/vnd.cyclonedx+json";

/** CycloneDX 1.6 as JSON: equal SBOMs, equal bytes. Its serial number is taken from its content. */
export function cyclonedx(sbom: Sbom, { withFiles }: { readonly withFiles: boolean }): string {
  const subject = subjectRef(sbom.subject);
  const components = [...systemOf(sbom), ...sbom.components.map((each) => componentOf(each, withFiles))];
  const content = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      ...(sbom.created === undefined ? {} : { timestamp: sbom.created }),
      tools: { components: [{ type: "application", name: "lapstrake", version: sbom.tool }] },
      component: subjectOf(sbom.subject, subject),
    },
    components,
    dependencies: [
      { ref: subject, dependsOn: sbom.components.map(({ id }) => id) },
      ...sbom.components.map(({ id, dependsOn }) => ({ ref: id, dependsOn })),
    ],
  } satisfies Json;
  return canonicalJson({ ...content, serialNumber: `urn:uuid:${uuidOf(content)}` });
}

/** A UUID of version 8 (RFC 9562): what its bits are made of is for its maker to say. */
export function uuidOf(content: Json): string {
  const hex = digestOf(canonicalJson(content)).slice("sha256:".length);
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The image by its digest, wherever it lies: what attests to it need not name a host. */
export function subjectRef({ name, digest, repository, architecture }: SbomSubject): string {
  if (digest === undefined) return name;
  const own = (repository ?? name).split("/").at(-1) ?? name;
  return purl({
    type: "oci",
    name: own.toLowerCase(),
    version: digest,
    qualifiers: { arch: architecture, repository_url: repository },
  });
}

function subjectOf({ name, digest }: SbomSubject, ref: string): Json {
  const about = { type: "container", "bom-ref": ref, name };
  if (digest === undefined) return about;
  const hashes = [{ alg: "SHA-256", content: digest.slice("sha256:".length) }];
  return { ...about, version: digest, purl: ref, hashes };
}

function systemOf({ system }: Sbom): readonly Json[] {
  if (system === undefined) return [];
  const { id, version, name } = system;
  return [
    {
      type: "operating-system",
      "bom-ref": `os:${id}${version === undefined ? "" : `@${version}`}`,
      name: id,
      ...(version === undefined ? {} : { version }),
      ...(name === undefined ? {} : { description: name }),
    },
  ];
}

function componentOf(each: SbomComponent, withFiles: boolean): Json {
  const { id, name, version, maintainer, homepage, files, broughtBy } = each;
  const properties = {
    ...each.about,
    ...(broughtBy === undefined ? {} : { "layer:index": String(broughtBy.layer) }),
    ...(broughtBy?.diffId === undefined ? {} : { "layer:diffID": broughtBy.diffId }),
    ...(broughtBy?.instruction === undefined ? {} : { dockerfile: broughtBy.instruction }),
  };
  return {
    type: "library",
    "bom-ref": id,
    name,
    version,
    purl: each.purl,
    ...(maintainer === undefined ? {} : { supplier: { name: maintainer } }),
    ...(each.licences.length === 0 ? {} : { licenses: licensesOf(each.licences) }),
    ...(homepage === undefined ? {} : { externalReferences: [{ type: "website", url: homepage }] }),
    properties: Object.entries(properties).map(([key, value]) => ({ name: `lapstrake:${key}`, value })),
    ...(withFiles && files.length > 0 ? { components: files.map(fileOf) } : {}),
  };
}

function fileOf({ path, hash }: SbomComponent["files"][number]): Json {
  const name = `/${path}`;
  return {
    type: "file",
    name,
    ...(hash === undefined ? {} : { hashes: [{ alg: hash.algorithm, content: hash.hex }] }),
  };
}

/** Either one expression or a list of single licences: the schema lets nobody mix them. */
function licensesOf(licences: readonly Licence[]): Json {
  const [only] = licences;
  if (licences.length === 1 && only !== undefined && "expression" in only && !isIdentifier(only.expression))
    return [{ expression: only.expression }];
  return licences.map((each) => ({
    license:
      "expression" in each && isIdentifier(each.expression)
        ? { id: each.expression }
        : { name: "expression" in each ? each.expression : each.name },
  }));
}

/** `GPL-2.0-only`, and neither `MIT OR ISC` nor `LicenseRef-x` nor `GPL-2.0+`. */
function isIdentifier(expression: string): boolean {
  return /^[A-Za-z0-9.-]+$/.test(expression) && !/^(?:LicenseRef|DocumentRef)-/.test(expression);
}
