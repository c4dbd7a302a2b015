import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv, type AnySchema } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { default as formats } from "ajv-formats";

const CYCLONEDX = join(
  createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json"),
  "../res/schema",
);

/** What the published schema of CycloneDX 1.6 has against a document: nothing, or its errors as text. */
export function cyclonedxErrors(text: string): string {
  const ajv = withFormats(new Ajv(OPTIONS));
  for (const name of ["spdx", "jsf-0.82"]) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema(read(join(CYCLONEDX, file)), `http://cyclonedx.org/schema/${file}`);
  }
  return errors(ajv, read(join(CYCLONEDX, "bom-1.6.SNAPSHOT.schema.json")), text);
}

/** The same of SPDX 2.3; `schema` is the path of the published one. */
export function spdxErrors(text: string, schema: string): string {
  return errors(withFormats(new Ajv2019(OPTIONS)), read(schema), text);
}

/** Formats of internationalised names are not among those that are checked; whoever misses them is told nothing. */
const OPTIONS = { strict: false, logger: false } as const;

function withFormats(ajv: Ajv | Ajv2019): Ajv | Ajv2019 {
  // It is CommonJS; what is imported is what its types say of `module.exports.default`.
  (formats as unknown as (ajv: Ajv | Ajv2019) => unknown)(ajv);
  return ajv;
}

function errors(ajv: Ajv | Ajv2019, schema: AnySchema, text: string): string {
  const validate = ajv.compile(schema);
  return validate(JSON.parse(text)) ? "" : ajv.errorsText(validate.errors);
}

function read(path: string): AnySchema {
  // A schema is any JSON.
  return JSON.parse(readFileSync(path, "utf8")) as AnySchema;
}
