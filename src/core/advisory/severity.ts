/** As CVSS rates it. `unknown` is no rating: what it counts as is a policy. */
export type Severity = "none" | "low" | "medium" | "high" | "critical" | "unknown";

export type KnownSeverity = Exclude<Severity, "unknown">;

const ORDER: readonly KnownSeverity[] = ["none", "low", "medium", "high", "critical"];

/** Whether one is at least as bad as another. */
export function isAtLeast(severity: KnownSeverity, floor: KnownSeverity): boolean {
  return ORDER.indexOf(severity) >= ORDER.indexOf(floor);
}

/** The worst that is known; unknown where nothing is. */
export function worstSeverity(severities: readonly Severity[]): Severity {
  const known = severities.filter((each) => each !== "unknown");
  return known.sort((one, other) => ORDER.indexOf(other) - ORDER.indexOf(one))[0] ?? "unknown";
}
