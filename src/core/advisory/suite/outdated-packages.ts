import { satisfies } from "../../audit/dpkg/version.ts";
import type { SbomComponent } from "../../audit/sbom/sbom.ts";
import type { Vulnerability } from "../vulnerability.ts";
import type { SuiteIndex } from "./suite-index.ts";

/**
 * What of an image has a newer version in its distribution's security suite. The index names no advisory and no severity,
 * so the id is that of the suite and the source, and the severity is unknown. Versions above the suite's, as local builds
 * have them, are none.
 */
export function outdatedPackages(
  components: readonly SbomComponent[],
  index: SuiteIndex,
): readonly Vulnerability[] {
  return components.flatMap((each) => {
    const found = newerOf(each, index);
    return found === undefined ? [] : [vulnerabilityOf(each, index, found)];
  });
}

interface Newer {
  readonly source: string;
  readonly fixed: readonly string[];
  readonly says: string;
}

function newerOf({ name, version, about }: SbomComponent, index: SuiteIndex): Newer | undefined {
  const listed = index.packages.get(name);
  if (listed !== undefined)
    return isBelow(version, listed.version)
      ? { source: listed.source.name, fixed: [listed.version], says: `has ${name} ${listed.version}` }
      : undefined;
  // What carries its version in its name (kernels, libraries of a compiler) is mended by a package of another name.
  const source = about["deb:source"] ?? name;
  const mended = index.sources.get(source);
  if (mended === undefined || !isBelow(about["deb:source-version"] ?? version, mended)) return undefined;
  return {
    source,
    fixed: [],
    says: `has ${mended} of its source ${source}, which brings no ${name} any more`,
  };
}

/** A version that is none is below all: dpkg would not have installed it. */
function isBelow(version: string, other: string): boolean {
  return satisfies(version, { operator: "<<", version: other }) !== false;
}

function vulnerabilityOf(each: SbomComponent, { release }: SuiteIndex, newer: Newer): Vulnerability {
  const { id, ecosystem, name, version, purl, about } = each;
  const held = about["deb:held"] === "true" ? "; dpkg holds the package back" : "";
  return {
    source: "suite",
    id: `suite:${release.suite}/${newer.source}`,
    aliases: [],
    component: { id, ecosystem, name, version, purl },
    severity: "unknown",
    severityFrom: undefined,
    fixed: newer.fixed,
    summary: `${release.suite} ${newer.says}${held}`,
  };
}
