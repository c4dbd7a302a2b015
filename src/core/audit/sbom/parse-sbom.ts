import type { ListedSbom } from "./listed-sbom.ts";
import { parseCycloneDx } from "./parse-cyclonedx.ts";
import { parseSpdx } from "./parse-spdx.ts";
import { parseSbomJson, sbomInvalid } from "./sbom-json.ts";

/**
 * The components that an SBOM lists, by what it says that it is: CycloneDX 1.x or SPDX 2.x, as JSON of at most 64 MiB. Throws
 * AuditError SBOM_INVALID.
 */
export function parseSbom(bytes: Uint8Array): ListedSbom {
  const document = parseSbomJson(bytes);
  if (document["bomFormat"] === "CycloneDX") return parseCycloneDx(document);
  if (document["spdxVersion"] !== undefined) return parseSpdx(document);
  throw sbomInvalid("", 'is neither CycloneDX ("bomFormat") nor SPDX 2.x ("spdxVersion")');
}
