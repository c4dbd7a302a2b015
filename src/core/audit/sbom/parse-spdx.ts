import { parseDigest } from "../../base/digest.ts";
import type { ListedComponent, ListedSbom } from "./listed-sbom.ts";
import { parsePurl } from "./parse-purl.ts";
import { asList, asObject, asOptionalText, asText, type JsonObject, sbomInvalid } from "./sbom-json.ts";

/**
 * SPDX 2.x as JSON, as far as it lists packages: by purl. Throws AuditError SBOM_INVALID, with a JSON pointer.
 */
export function parseSpdx(document: JsonObject): ListedSbom {
  const format = asText(document["spdxVersion"], "/spdxVersion");
  if (!/^SPDX-2\.\d$/.test(format))
    throw sbomInvalid("/spdxVersion", `must be SPDX-2.x, and is ${JSON.stringify(format.slice(0, 20))}`);
  const described = describedIn(document);
  const components: ListedComponent[] = [];
  let subject: ListedSbom["subject"];
  let unnamed = 0;
  for (const [index, value] of asList(document["packages"], "/packages").entries()) {
    const at = `/packages/${index}`;
    const each = asObject(value, at);
    const isSubject = described.has(asText(each["SPDXID"], `${at}/SPDXID`));
    if (isSubject) subject ??= digestOf(each, at);
    const purls = purlsOf(each, at);
    if (purls.length === 0) unnamed++;
    // The image itself is no component of it.
    components.push(...purls.filter(({ type }) => !isSubject || type !== "oci"));
  }
  return { format, subject, components, unnamed };
}

/** Ids of what the document is about. */
function describedIn(document: JsonObject): ReadonlySet<string> {
  const old = asList(document["documentDescribes"], "/documentDescribes");
  const ids = old.map((id, index) => asText(id, `/documentDescribes/${index}`));
  for (const [index, value] of asList(document["relationships"], "/relationships").entries()) {
    const at = `/relationships/${index}`;
    const { spdxElementId, relationshipType, relatedSpdxElement } = asObject(value, at);
    if (spdxElementId === "SPDXRef-DOCUMENT" && relationshipType === "DESCRIBES")
      ids.push(asText(relatedSpdxElement, `${at}/relatedSpdxElement`));
  }
  return new Set(ids);
}

function digestOf(each: JsonObject, at: string): ListedSbom["subject"] {
  const version = asOptionalText(each["versionInfo"], `${at}/versionInfo`);
  return version === undefined ? undefined : parseDigest(version);
}

function purlsOf(each: JsonObject, at: string): readonly ListedComponent[] {
  return asList(each["externalRefs"], `${at}/externalRefs`).flatMap((value, index) => {
    const place = `${at}/externalRefs/${index}`;
    const reference = asObject(value, place);
    if (reference["referenceType"] !== "purl") return [];
    const written = asText(reference["referenceLocator"], `${place}/referenceLocator`);
    const purl = parsePurl(written);
    if (purl === undefined)
      throw sbomInvalid(
        `${place}/referenceLocator`,
        `must be a package URL, and is ${JSON.stringify(written.slice(0, 100))}`,
      );
    return [{ ...purl, at }];
  });
}
