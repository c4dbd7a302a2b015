import type { Constraint } from "../../blueprint/phase-plan.ts";
import type { RuleState } from "../phase-state.ts";
import { type ProvenPhase, ruleKey } from "./subject.ts";

/** Something that is not proven, so that a phase with it is not to be approved without a word. */
export interface Gap {
  /** What `Accepted gap KEY: why` names. */
  readonly key: string;
  /** How it stands, and why. */
  readonly reason: string;
  /** The command that closes it; undefined where the plan must be changed. */
  readonly command: string | undefined;
}

/** Every rule that does not hold, and every constraint that no rule proves, in the plan's order. */
export function gapsOf({ phase, rules }: ProvenPhase): readonly Gap[] {
  return [
    ...rules
      .filter(({ verdict }) => verdict !== "holds")
      .map((state) => ({
        key: ruleKey(state),
        reason: `${verdictText(state.verdict)}: ${state.reason}`,
        command: state.command,
      })),
    ...phase.constraints
      .filter((constraint) => provers({ phase, rules }, constraint).length === 0)
      .map(({ id, quote }) => ({
        key: `constraint:${id}`,
        reason: `no rule of the plan proves "${quote}"`,
        command: undefined,
      })),
  ];
}

/** The rules that prove a constraint, each machine by itself. */
export function provers({ rules }: ProvenPhase, { id }: Constraint): readonly RuleState[] {
  return rules.filter(({ rule }) => rule.proves.includes(id));
}

export function verdictText(verdict: RuleState["verdict"]): string {
  return verdict === "not-provable" ? "not yet provable" : verdict;
}
