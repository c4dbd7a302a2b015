import type { Phase, RuleKind } from "../blueprint/phase-plan.ts";

/** What only the outside knows: where it is asked again, the same inputs may have another outcome. */
const VOLATILE: ReadonlySet<RuleKind> = new Set([
  "release-complete",
  "tags-in-scheme",
  "previous-tags",
  "inventory-in-step",
  "health-exact",
  // Workflows lie at the top of the repository, which may be above the fleet.
  "pipeline",
]);

export function isVolatile(kind: RuleKind): boolean {
  return VOLATILE.has(kind);
}

/** The command that will make the facts of a kind, where none of this version does. */
const MAKERS: Readonly<Partial<Record<RuleKind, string>>> = {
  "locks-verified": "lapstrake check --locks",
  "image-verified": "lapstrake verify",
  "image-ran": "lapstrake verify --run",
  audit: "lapstrake audit",
  scan: "lapstrake scan",
  sbom: "lapstrake scan --sbom",
  pipeline: "lapstrake ci",
  driver: "lapstrake risk",
  cutover: "lapstrake deploy",
  "startup-report": "lapstrake center",
  "rollback-drill": "lapstrake drill",
  "risk-fallbacks": "lapstrake drill --risk",
};

/** The command that gives the evidence of a rule. */
export function commandFor(
  phase: Pick<Phase, "id">,
  kind: RuleKind,
  provable: ReadonlySet<RuleKind>,
): string {
  return provable.has(kind) ? collectCommand(phase) : (MAKERS[kind] ?? collectCommand(phase));
}

export function collectCommand({ id }: Pick<Phase, "id">): string {
  return `lapstrake phase collect ${id}`;
}
