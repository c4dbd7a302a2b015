import { formatPosition, LapstrakeError, type SourcePosition } from "../base/error.ts";

export type ProblemCode =
  | "BLUEPRINT_YAML"
  | "BLUEPRINT_TOO_BIG"
  | "BLUEPRINT_UNKNOWN_KEY"
  | "BLUEPRINT_MISSING"
  | "BLUEPRINT_VALUE"
  | "BLUEPRINT_DUPLICATE"
  | "BLUEPRINT_REFERENCE";

export type BlueprintErrorCode =
  | ProblemCode
  | "LOCK_INVALID"
  | "PLAN_INVALID"
  | "WAIVERS_INVALID"
  | "BASELINE_INVALID";

/** One thing that is wrong in a file: what was expected, what was found, where, and often the edit that mends it. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly at: SourcePosition;
  readonly hint?: string;
}

/**
 * A blueprint or lock file that cannot be used. `problems` holds all of them in file order (at most 100; `total`
 * counts them all); code, position and hint are those of the first.
 */
export class BlueprintError extends LapstrakeError<BlueprintErrorCode> {
  readonly exit = 2;
  readonly problems: readonly Problem[];
  readonly total: number;

  constructor(problems: readonly [Problem, ...Problem[]], code: BlueprintErrorCode = problems[0].code) {
    const [first] = problems;
    const more = problems.length - 1;
    super(code, `${formatPosition(first.at)}: ${first.message}${more > 0 ? ` (and ${more} more)` : ""}`, {
      at: first.at,
      details: { problems: problems.length },
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    });
    this.problems = problems.slice(0, MAX_SHOWN);
    this.total = problems.length;
  }
}

// A file of junk would otherwise print a line for each of its lines.
const MAX_SHOWN = 100;
