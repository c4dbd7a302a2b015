import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { Sbom, SbomComponent } from "../../audit/sbom/sbom.ts";
import { groupBy } from "../../base/group-by.ts";
import { type Severity, worstSeverity } from "../severity.ts";
import type { BlindSpot, UndecidedVulnerability, Vulnerability } from "../vulnerability.ts";
import type { AdvisedVersions, Advisory, AdvisoryIndex, AdvisoryKey } from "./advisory.ts";
import { endOfDay } from "./instant.ts";
import { judgeVersion } from "./judge-version.ts";
import { sortVersions } from "./sort-versions.ts";
import { withOrder } from "./version-order.ts";

export interface MatchQuestion {
  readonly components: readonly SbomComponent[];
  readonly system: Sbom["system"];
  readonly index: AdvisoryIndex;
  /** YYYY-MM-DD, to its end. What was published later does not count; what was withdrawn later does. */
  readonly asOf: string;
}

export interface MatchResult {
  readonly vulnerabilities: readonly Vulnerability[];
  /** What may be vulnerable and may not. */
  readonly undecided: readonly UndecidedVulnerability[];
  /** Components whose ecosystem the index knows. */
  readonly looked: { readonly deb: number; readonly pypi: number };
  /** Of the others, why. */
  readonly blind: readonly BlindSpot[];
}

/** Everything in `index` that is known of these components at that day, each advisory of a component once. */
export function match({ components, system, index, asOf }: MatchQuestion): MatchResult {
  const until = endOfDay(asOf);
  const blind = (["deb", "pypi"] as const).flatMap((ecosystem) =>
    components.some((each) => each.ecosystem === ecosystem) ? blindSpot(ecosystem, system, index) : [],
  );
  const seen = components.filter(({ ecosystem }) => !blind.some((each) => each.ecosystem === ecosystem));
  const results = seen.map((component) =>
    matchComponent(component, { keys: lookupKeys(component, system), index, until }),
  );
  const count = (ecosystem: "deb" | "pypi"): number =>
    seen.filter((each) => each.ecosystem === ecosystem).length;
  return {
    vulnerabilities: results.flatMap(({ vulnerabilities }) => vulnerabilities),
    undecided: results.flatMap(({ undecided }) => undecided),
    looked: { deb: count("deb"), pypi: count("pypi") },
    blind,
  };
}

/** Where advisories of a component are found; nowhere where its distribution, or the release of it, is not known. */
export function lookupKeys(component: SbomComponent, system: Sbom["system"]): readonly AdvisoryKey[] {
  const { ecosystem, name } = component;
  if (ecosystem === "pypi") return [{ ecosystem: "PyPI", name: canonicalName(name) }];
  const release = debianRelease(system);
  const source = component.about["deb:source"] ?? name;
  return release === undefined ? [] : ["Debian", release].map((each) => ({ ecosystem: each, name: source }));
}

/** `Debian:12`. Point releases are of it: `VERSION_ID` of Debian names none. */
function debianRelease(system: Sbom["system"]): string | undefined {
  const major = system?.id === "debian" ? /^\d+/.exec(system.version ?? "")?.[0] : undefined;
  return major === undefined ? undefined : `Debian:${major}`;
}

function blindSpot(
  ecosystem: "deb" | "pypi",
  system: Sbom["system"],
  { ecosystems }: AdvisoryIndex,
): readonly BlindSpot[] {
  if (ecosystem === "pypi")
    return ecosystems.has("PyPI") ? [] : [{ ecosystem, why: "the database has no advisories of PyPI" }];
  if (system?.id !== "debian")
    return [{ ecosystem, why: `the image is of ${system?.id ?? "no known distribution"}, not Debian` }];
  const release = debianRelease(system);
  if (release === undefined)
    return [{ ecosystem, why: "the image does not say which release of Debian it is" }];
  return ecosystems.has(release) ? [] : [{ ecosystem, why: `the database has no advisories of ${release}` }];
}

interface Lookup {
  readonly keys: readonly AdvisoryKey[];
  readonly index: AdvisoryIndex;
  /** The first millisecond that no longer counts. */
  readonly until: number;
}

function matchComponent(
  component: SbomComponent,
  { keys, index, until }: Lookup,
): Pick<MatchResult, "vulnerabilities" | "undecided"> {
  const vulnerabilities: Vulnerability[] = [];
  const undecided: UndecidedVulnerability[] = [];
  for (const [id, advisories] of standing(keys, index, until)) {
    const names = [...new Set(advisories.flatMap((each) => each.names))];
    const about = aboutOf(component);
    const found = judge(
      component,
      advisories.flatMap(({ affected }) => affected),
    );
    if (found.hits.length > 0)
      vulnerabilities.push({
        source: "osv",
        id,
        aliases: names,
        component: about,
        ...ratingOf(found.hits.map(({ advised }) => advised)),
        fixed: sortVersions(
          component.ecosystem,
          found.hits.flatMap(({ fixed }) => fixed),
        ),
        summary: advisories.find(({ summary }) => summary !== "")?.summary ?? "",
      });
    else if (found.why !== undefined)
      undecided.push({ source: "osv", id, aliases: names, component: about, why: found.why });
  }
  return { vulnerabilities, undecided };
}

/** By id, in its order: a record may speak of the package for all releases, and for this one. */
function standing(
  keys: readonly AdvisoryKey[],
  index: AdvisoryIndex,
  until: number,
): readonly (readonly [string, readonly Advisory[]])[] {
  const standing = keys
    .flatMap((key) => index.find(key))
    .filter(
      ({ published, withdrawn }) =>
        (published === undefined || published < until) && (withdrawn === undefined || withdrawn >= until),
    );
  return [...groupBy(standing, ({ id }) => id)].sort(([one], [other]) => (one < other ? -1 : 1));
}

interface Judged {
  readonly hits: readonly { readonly advised: AdvisedVersions; readonly fixed: readonly string[] }[];
  /** Why it could not be told, of the first that could not. */
  readonly why: string | undefined;
}

function judge(component: SbomComponent, affected: readonly AdvisedVersions[]): Judged {
  const { ecosystem } = component;
  // Debian's advisories are of sources, which may have another version than what was built of them.
  const version =
    ecosystem === "deb" ? (component.about["deb:source-version"] ?? component.version) : component.version;
  const verdicts = withOrder(ecosystem, (order) =>
    affected.map((advised) => ({ advised, verdict: judgeVersion(version, advised, order) })),
  );
  return {
    hits: verdicts.flatMap(({ advised, verdict }) =>
      verdict.state === "affected" ? [{ advised, fixed: verdict.fixed }] : [],
    ),
    why: verdicts.flatMap(({ verdict }) => (verdict.state === "undecided" ? [verdict.why] : []))[0],
  };
}

function ratingOf(affected: readonly AdvisedVersions[]): {
  readonly severity: Severity;
  readonly severityFrom: string | undefined;
} {
  const severity = worstSeverity(affected.map((each) => each.severity));
  return { severity, severityFrom: affected.find((each) => each.severity === severity)?.severityFrom };
}

function aboutOf({ id, ecosystem, name, version, purl }: SbomComponent): Vulnerability["component"] {
  return { id, ecosystem, name, version, purl };
}
