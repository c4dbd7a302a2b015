import { parseDigest } from "../../base/digest.ts";
import type { ListedComponent, ListedSbom } from "./listed-sbom.ts";
import { parsePurl } from "./parse-purl.ts";
import { asList, asObject, asOptionalText, asText, type JsonObject, sbomInvalid } from "./sbom-json.ts";

/**
 * CycloneDX 1.x as JSON, as far as it lists components: by purl, also those within others. What it says of the rest is not
 * looked at. Throws AuditError SBOM_INVALID, with a JSON pointer.
 */
export function parseCycloneDx(document: JsonObject): ListedSbom {
  const version = asText(document["specVersion"], "/specVersion");
  if (!/^1\.\d{1,2}$/.test(version))
    throw sbomInvalid("/specVersion", `must be 1.x, and is ${JSON.stringify(version.slice(0, 20))}`);
  const components: ListedComponent[] = [];
  let unnamed = 0;
  const open = [{ list: document["components"], at: "/components" }];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { list, at } = each;
    for (const [index, value] of asList(list, at).entries()) {
      const place = `${at}/${index}`;
      const component = asObject(value, place);
      const written = asOptionalText(component["purl"], `${place}/purl`);
      if (written === undefined) unnamed++;
      else components.push({ ...purlAt(written, `${place}/purl`), at: place });
      if (component["components"] !== undefined)
        open.push({ list: component["components"], at: `${place}/components` });
    }
  }
  return { format: `CycloneDX ${version}`, subject: subjectOf(document), components, unnamed };
}

/** Of an image, makers write its digest as its version. */
function subjectOf(document: JsonObject): ListedSbom["subject"] {
  if (document["metadata"] === undefined) return undefined;
  const metadata = asObject(document["metadata"], "/metadata");
  if (metadata["component"] === undefined) return undefined;
  const component = asObject(metadata["component"], "/metadata/component");
  const version = asOptionalText(component["version"], "/metadata/component/version");
  return version === undefined ? undefined : parseDigest(version);
}

function purlAt(text: string, at: string) {
  const purl = parsePurl(text);
  if (purl === undefined)
    throw sbomInvalid(at, `must be a package URL, and is ${JSON.stringify(text.slice(0, 100))}`);
  return purl;
}
