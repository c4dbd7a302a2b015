import { isAtLeast, type KnownSeverity } from "../../advisory/severity.ts";
import type { MergedVulnerability } from "../../advisory/vulnerability.ts";
import type { VulnerabilityPolicy } from "../../blueprint/gate-policy.ts";
import type { ComponentPlace } from "./component-place.ts";
import type { GateFinding, UsedSource } from "./gate.ts";
import type { GateFacts } from "./gate-verdict.ts";
import { sourceFindings } from "./source-state.ts";

export interface VulnerabilityFacts {
  /** Of every source that the policy asks, as it answered for this image. */
  readonly sources: readonly UsedSource[];
  readonly vulnerabilities: readonly MergedVulnerability[];
  /** By id of a component, what brought it. */
  readonly places: ReadonlyMap<string, ComponentPlace>;
  readonly components: { readonly deb: number; readonly pypi: number };
}

/** Denied from the policy's severity on; what nobody rated counts as the policy says. A source without an answer leaves it open. */
export function vulnerabilityGate(
  { sources, vulnerabilities, places, components }: VulnerabilityFacts,
  policy: VulnerabilityPolicy,
): GateFacts {
  return {
    gate: "vulnerabilities",
    findings: [
      ...sources.flatMap((used) => sourceFindings(used, policy)),
      ...vulnerabilities.map((each) => findingOf(each, policy, places.get(each.component.id))),
    ],
    holds: `nothing known of ${components.deb} packages and ${components.pypi} distributions by ${sources.map(({ source }) => source).join(" and ")}`,
    inputs: sources.flatMap(({ source, database }) =>
      database === undefined ? [] : [{ name: `database of ${source}`, digest: database.digest }],
    ),
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
