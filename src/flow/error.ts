import { type ErrorOptions, type ExitCode, LapstrakeError } from "../core/base/error.ts";
import type { Finding } from "../core/base/finding.ts";

export type FlowErrorCode =
  | "NO_BLUEPRINT"
  | "NO_ENGINE"
  | "FLEET_INVALID"
  | "LOCK_MISSING"
  | "LOCK_STALE"
  | "PARENT_MISSING"
  | "INDEX_MOVED"
  | "FRONTEND_MISSING"
  | "TAG_INVALID"
  | "TAG_MOVED"
  | "DIRTY_TREE"
  | "VARIABLE_INVALID"
  | "NOTHING_TO_RELEASE"
  | "RELEASE_UNKNOWN"
  | "RELEASE_PARTIAL"
  | "CHANNEL_UNKNOWN"
  | "RISK_UNKNOWN"
  | "TAG_LOST"
  | "MIRROR_TARGET"
  | "NO_GIT"
  | "NO_PLAN"
  | "PLAN_UNKNOWN"
  | "PHASE_UNKNOWN"
  | "MACHINE_UNKNOWN"
  | "AUDIT_PLATFORM"
  | "SBOM_PLACE"
  | "NO_ADVISORIES"
  | "NO_CI"
  | "CI_REGISTRY"
  | "CI_FOREIGN"
  | "CI_REPORT"
  | "NO_WAIVERS"
  | "SERVICE_UNKNOWN"
  | "BASELINE_ROOT"
  | "BASELINE_REQUIREMENTS"
  | "CI_HOST";

const ENVIRONMENT: ReadonlySet<FlowErrorCode> = new Set([
  "NO_ENGINE",
  "NO_GIT",
  "PARENT_MISSING",
  "TAG_LOST",
  "CI_HOST",
]);
const FINDING: ReadonlySet<FlowErrorCode> = new Set(["TAG_MOVED", "INDEX_MOVED", "NOTHING_TO_RELEASE"]);

/** A use case cannot go on. `problems` has every reason that is known, in the shape that the CLI prints. */
export class FlowError extends LapstrakeError<FlowErrorCode> {
  readonly exit: ExitCode;
  readonly problems: readonly FlowProblem[];

  constructor(
    code: FlowErrorCode,
    message: string,
    options: ErrorOptions & { problems?: readonly FlowProblem[] } = {},
  ) {
    super(code, message, options);
    this.exit = ENVIRONMENT.has(code) ? 3 : FINDING.has(code) ? 1 : 2;
    this.problems = options.problems ?? [];
  }
}

export interface FlowProblem {
  readonly code: string;
  readonly message: string;
  readonly at?: Finding["at"];
  readonly hint?: string | undefined;
}

/** One error with all findings that keep a plan from being made. */
export function findingsError(findings: readonly Finding[]): FlowError {
  const errors = findings.filter((finding) => finding.level === "error");
  const problems = errors.map(({ rule, message, at, hint, chain }) => ({
    code: rule,
    message: chain === undefined ? message : `${message}\n  ${chain.join("\n  ")}`,
    ...(at === undefined ? {} : { at }),
    hint,
  }));
  return new FlowError("FLEET_INVALID", `the fleet has ${errors.length} error(s)`, { problems });
}
