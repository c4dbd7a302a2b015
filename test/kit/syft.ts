import { execFileSync } from "node:child_process";
import { formatImageRef, type ImageRef } from "../../src/core/oci/reference.ts";

/** Package URLs of Debian packages and of Python's distributions; what else syft looks for is no claim of ours. */
const CLAIMED = /^pkg:(?:deb|pypi)\//;

/** What syft finds in an image and our document lacks, the other way round, and how much both have. Package URLs, sorted. */
export function comparedWithSyft(
  syft: string,
  ref: ImageRef,
  ours: string,
): { readonly missing: readonly string[]; readonly more: readonly string[]; readonly same: number } {
  const text = execFileSync(syft, ["scan", `registry:${formatImageRef(ref)}`, "-o", "cyclonedx-json", "-q"], {
    encoding: "utf8",
    maxBuffer: 512 * 1024 * 1024,
    env: {
      ...process.env,
      SYFT_CHECK_FOR_APP_UPDATE: "false",
      SYFT_REGISTRY_INSECURE_USE_HTTP: "true",
    },
  });
  const theirs = purlsOf(text);
  const own = purlsOf(ours);
  return {
    missing: [...theirs].filter((each) => !own.has(each)).sort(),
    more: [...own].filter((each) => !theirs.has(each)).sort(),
    same: [...own].filter((each) => theirs.has(each)).length,
  };
}

function purlsOf(document: string): ReadonlySet<string> {
  const { components } = JSON.parse(document) as { components: readonly { readonly purl?: string }[] };
  return new Set(components.flatMap(({ purl }) => (purl !== undefined && CLAIMED.test(purl) ? [purl] : [])));
}
