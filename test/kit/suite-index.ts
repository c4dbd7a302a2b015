import type { SuiteIndex } from "../../src/core/advisory/suite/suite-index.ts";
import { purl } from "../../src/core/audit/sbom/purl.ts";
import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import { digestOf } from "../../src/core/base/digest.ts";

export const BOOKWORM = { id: "debian", version: "12", codename: "bookworm" } as const;

/** Of a Wednesday in November 2026, and good for a week. */
export const SUITE_DATE = Date.UTC(2026, 10, 25);

/** A security suite that has these packages: a version, and a source where that has another name. */
export function suiteIndex(
  packages: Readonly<Record<string, readonly [version: string, source?: string]>>,
): SuiteIndex {
  const entries = Object.entries(packages);
  return {
    release: { distribution: "debian", suite: "bookworm-security", architecture: "amd64" },
    packages: new Map(
      entries.map(([name, [version, source = name]]) => [
        name,
        { version, source: { name: source, version } },
      ]),
    ),
    sources: new Map(entries.map(([name, [version, source = name]]) => [source, version])),
    records: entries.length,
    digest: digestOf(JSON.stringify(packages)),
    date: SUITE_DATE,
    validUntil: SUITE_DATE + 7 * 24 * 3600 * 1000,
    fetchedAt: SUITE_DATE,
  };
}

export interface DebAbout {
  readonly source?: string;
  readonly sourceVersion?: string;
  readonly architecture?: string;
  readonly held?: boolean;
  readonly state?: string;
  readonly files?: readonly string[];
}

/** An installed package as an SBOM has it. */
export function debComponent(
  name: string,
  version: string,
  { source = name, sourceVersion = version, architecture = "amd64", held, state, files = [] }: DebAbout = {},
): SbomComponent {
  const qualifiers = { arch: architecture, distro: "debian-12" };
  const own = purl({ type: "deb", namespace: "debian", name, version, qualifiers });
  return {
    id: own,
    ecosystem: "deb",
    name,
    version,
    purl: own,
    licences: [],
    files: files.map((path) => ({ path })),
    dependsOn: [],
    broughtBy: undefined,
    about: {
      "deb:source": source,
      "deb:source-version": sourceVersion,
      ...(held === true ? { "deb:held": "true" } : {}),
      ...(state === undefined ? {} : { "deb:state": state }),
    },
  };
}
