import { asList, asObject, asText, fault, parseJson, type Reading } from "./parse-json.ts";
import { MAX_MANIFEST_BYTES } from "./parse-manifest.ts";

/** An image of a `docker save` archive: paths of the archive, and the names it was saved by. */
export interface ArchivedImage {
  readonly config: string;
  /** `REPOSITORY:TAG`; empty for an image that was saved by its id. */
  readonly names: readonly string[];
  /** The lowest first. */
  readonly layers: readonly string[];
}

const READING: Reading = { code: "OCI_MANIFEST", what: "archive's manifest.json" };

/** Reads `manifest.json` of an archive that `docker save` wrote: a list with an image in each item. Throws OciError OCI_MANIFEST. */
export function parseArchiveManifest(bytes: Uint8Array): readonly ArchivedImage[] {
  const list = parseJson(bytes, MAX_MANIFEST_BYTES, READING);
  if (!Array.isArray(list)) throw fault(READING, "", "must be a list");
  return list.map((value: unknown, index) => {
    const image = asObject(value, READING, `[${index}]`);
    return {
      config: asText(image["Config"], READING, `[${index}].Config`),
      names: texts(image["RepoTags"], `[${index}].RepoTags`),
      layers: texts(image["Layers"], `[${index}].Layers`),
    };
  });
}

function texts(value: unknown, path: string): readonly string[] {
  return asList(value, READING, path).map((item) => asText(item, READING, path));
}
