import { isAtLeast, type KnownSeverity } from "../../advisory/severity.ts";
import type { MergedVulnerability, UndecidedVulnerability } from "../../advisory/vulnerability.ts";
import type { Sbom } from "../../audit/sbom/sbom.ts";
import type { VulnerabilityPolicy } from "../../blueprint/gate-policy.ts";
import type { ComponentPlace } from "./component-place.ts";
import type { GateFinding, UsedSource } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";
import { sourceFindings } from "./source-state.ts";

export interface VulnerabilityFacts {
  /** Of every source that the policy asks, as it answered for this image. */
  readonly sources: readonly UsedSource[];
  readonly vulnerabilities: readonly MergedVulnerability[];
  readonly undecided: readonly UndecidedVulnerability[];
  /** By id of a component, what brought it. */
  readonly places: ReadonlyMap<string, ComponentPlace>;
  readonly components: { readonly deb: number; readonly pypi: number };
  /** The distribution that the image says that it is of. */
  readonly system: Sbom["system"];
}

/** Denied from the policy's severity on; what nobody rated counts as the policy says. A source without an answer leaves it open. */
export function vulnerabilityGate(facts: VulnerabilityFacts, policy: VulnerabilityPolicy): GateFacts {
  const { sources, vulnerabilities, undecided, places, components } = facts;
  return {
    gate: "vulnerabilities",
    findings: [
      ...sources.flatMap((used) => sourceFindings(used, policy)),
      ...unseenFindings(facts),
      ...unseenSystem(facts),
      ...vulnerabilities.map((each) => findingOf(each, policy, places.get(each.component.id))),
      ...undecided.map(undecidedFinding),
    ],
    holds: `nothing known of ${components.deb} packages and ${components.pypi} distributions by ${sources.map(({ source }) => source).join(" and ")}`,
    inputs: sources.flatMap(({ source, database }) =>
      database === undefined ? [] : [{ name: `database of ${source}`, digest: database.digest }],
    ),
  };
}

/** Components that no source looked at: that nobody speaks of them is not that there is nothing to say. */
function unseenFindings({ sources, components }: VulnerabilityFacts): readonly GateFinding[] {
  return (["deb", "pypi"] as const)
    .filter((ecosystem) => components[ecosystem] > 0)
    .filter((ecosystem) => sources.every(({ looked }) => (looked?.[ecosystem] ?? 0) === 0))
    .map((ecosystem) => {
      const blind = sources
        .flatMap((used) => used.blind ?? [])
        .filter((each) => each.ecosystem === ecosystem);
      const why = [...new Set(blind.map((each) => each.why))].join("; ");
      return {
        id: `unseen-${ecosystem}`,
        level: "unknown",
        message: `no source looked at its ${components[ecosystem]} ${NAMES[ecosystem]}${why === "" ? "" : `: ${why}`}`,
        hint: "name a source that knows them in gates.vulnerabilities",
      };
    });
}

/** Distributions whose database of packages we read ourselves. */
const OF_DPKG: ReadonlySet<string> = new Set(["debian", "ubuntu"]);

/**
 * A distribution without a package: its database was taken away, or is none that we read. Trivy reads those of others from the
 * image itself.
 */
function unseenSystem({ system, components, sources }: VulnerabilityFacts): readonly GateFinding[] {
  if (system === undefined || components.deb > 0) return [];
  const isReadByTrivy = sources.some(({ source, state }) => source === "trivy" && state === "scanned");
  if (isReadByTrivy && !OF_DPKG.has(system.id)) return [];
  return [
    {
      id: "unseen-system",
      level: "unknown",
      message: `it is of ${system.id}, and nothing says which packages of it are installed`,
      hint: "keep /var/lib/dpkg in the image; Trivy reads the databases of other distributions",
    },
  ];
}

const NAMES = { deb: "Debian packages", pypi: "Python distributions" } as const;

function undecidedFinding({ id, aliases, component, why, source }: UndecidedVulnerability): GateFinding {
  return {
    id,
    level: "unknown",
    message: `${id} may be in ${component.name} ${component.version}: ${why}`,
    component: component.purl,
    aliases,
    sources: [source],
  };
}

function findingOf(
  vulnerability: MergedVulnerability,
  policy: VulnerabilityPolicy,
  place: ComponentPlace | undefined,
): GateFinding {
  const { id, aliases, component, severity, fixed, sources, summary } = vulnerability;
  const counted: KnownSeverity = severity === "unknown" ? policy.unknown : severity;
  const rating = severity === "unknown" ? `not rated, counted as ${counted}` : severity;
  const remedy = fixed.length === 0 ? "no version mends it" : `mended by ${fixed.join(" or ")}`;
  return {
    id,
    level: levelOf(vulnerability, counted, policy),
    message: `${id} in ${component.name} ${component.version} (${rating}), ${remedy}`,
    component: component.purl,
    aliases,
    severity,
    fixed,
    sources,
    ...place,
    ...(summary === "" ? {} : { summary }),
    ...(fixed.length === 0 ? {} : { hint: `raise ${component.name} to ${fixed[0]} or later` }),
  };
}

function levelOf(
  { fixed, sources }: MergedVulnerability,
  counted: KnownSeverity,
  policy: VulnerabilityPolicy,
): GateFinding["level"] {
  if (!isAtLeast(counted, policy.deny)) return "note";
  if (fixed.length === 0 && policy.unfixed === "note") return "note";
  // The suite alone says it, and the policy only wants to see that.
  const isShownOnly = policy.suite?.level === "note" && sources.every((source) => source === "suite");
  return isShownOnly ? "note" : "deny";
}
