import { suggest } from "../../core/base/suggest.ts";
import { PHASE_ID } from "../../core/blueprint/phase-id.ts";
import { UsageError } from "./error.ts";

export const PHASE_VERBS = [
  "list",
  "show",
  "next",
  "collect",
  "draft",
  "done",
  "reopen",
  "report",
  "import",
] as const;

export type PhaseVerb = (typeof PHASE_VERBS)[number];

export interface PhaseOperands {
  readonly verb: PhaseVerb;
  readonly plan: string | undefined;
  readonly phase: string | undefined;
  /** Of import. */
  readonly file: string | undefined;
}

const NEEDS_PHASE: ReadonlySet<PhaseVerb> = new Set(["done", "reopen"]);
const TAKES_PHASE: ReadonlySet<PhaseVerb> = new Set(["show", "collect", "draft", "done", "reopen"]);

/**
 * `[VERB] [PLAN] [K]`, as todo_manager's users type it: the plan's id may stand before K in every verb, and a plan alone is
 * its list. Throws UsageError.
 */
export function phaseOperands(operands: readonly string[]): PhaseOperands {
  const [first, ...rest] = operands;
  if (first === undefined) return { verb: "list", plan: undefined, phase: undefined, file: undefined };
  const verb = PHASE_VERBS.find((word) => word === first);
  if (verb !== undefined) return verb === "import" ? ofImport(rest) : ofVerb(verb, rest);
  if (PHASE_ID.test(first)) throw usage(`${first} is a phase, not a verb`, `lapstrake phase show ${first}`);
  const near = suggest(first, PHASE_VERBS);
  if (near !== undefined) throw usage(`there is no verb "${first}"`, `lapstrake phase ${near}`);
  return ofVerb("list", operands);
}

function ofVerb(verb: PhaseVerb, rest: readonly string[]): PhaseOperands {
  const [last] = rest.slice(-1);
  const phase = last !== undefined && PHASE_ID.test(last) ? last : undefined;
  const before = phase === undefined ? rest : rest.slice(0, -1);
  const [plan, ...more] = before;
  if (more.length > 0) throw usage(`expected [PLAN] [K] after ${verb}, found ${rest.join(" ")}`);
  if (phase !== undefined && !TAKES_PHASE.has(verb))
    throw usage(`\`lapstrake phase ${verb}\` takes no phase`, `lapstrake phase show ${phase}`);
  if (phase === undefined && NEEDS_PHASE.has(verb))
    throw usage(`\`lapstrake phase ${verb}\` needs a phase`, `lapstrake phase ${verb} 1`);
  return { verb, plan, phase, file: undefined };
}

function ofImport(rest: readonly string[]): PhaseOperands {
  const [file, plan, ...more] = rest.toReversed();
  if (file === undefined || more.length > 0)
    throw usage("`lapstrake phase import` takes [PLAN] FILE", "lapstrake phase import tasks_active.json");
  return { verb: "import", plan, phase: undefined, file };
}

function usage(message: string, command?: string): UsageError {
  return new UsageError("USAGE_OPERAND", message, { hint: `\`${command ?? "lapstrake phase --help"}\`` });
}
