import type { SourcePosition } from "../base/error.ts";
import type { RiskWatch } from "./risk-watch.ts";

/**
 * The plan of a fleet: phases in order, what each must keep to, and by which evidence that is proven. Plain data, in
 * file order; every text as it is written.
 */
export interface PhasePlan {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  /** Machines in the order in which a phase applies to them: evidence of a later one cannot come first. */
  readonly machines: readonly string[];
  readonly documents: DocumentPatterns;
  readonly phases: readonly Phase[];
  readonly risks: readonly Risk[];
}

/** Paths relative to the blueprint's folder, with {plan} and {phase}. */
export interface DocumentPatterns {
  readonly postreview: string;
  /** {phase} is the phase that it prepares; the last phase has none. */
  readonly preanalysis: string;
}

export interface Phase {
  /** "4", "4.1": text, never an index. */
  readonly id: string;
  readonly title: string;
  /** The phase that this one is a part of: "4" of "4.1". */
  readonly parent?: string;
  /** Phases that must be done before: the one before it, unless told. */
  readonly requires: readonly string[];
  /** The IMPORTANT NOTE, verbatim. */
  readonly note: string;
  /** What the note asks for, one by one; each quote stands in the note verbatim. */
  readonly constraints: readonly Constraint[];
  readonly deliverables: readonly string[];
  readonly rules: readonly EvidenceRule[];
  readonly at: SourcePosition;
}

export interface Constraint {
  readonly id: string;
  readonly quote: string;
  readonly at: SourcePosition;
}

/** A predicate over recorded facts, never over prose. */
export interface EvidenceRule {
  /** Within its phase. */
  readonly id: string;
  /** The constraints of the phase's note that it proves. */
  readonly proves: readonly string[];
  /** Asked for each machine of the plan, in its order. */
  readonly perMachine: boolean;
  /** Days after which its evidence is stale; undefined: only when its inputs change. */
  readonly expires?: number;
  readonly check: RuleCheck;
  readonly at: SourcePosition;
}

/** What is asked. A kind that no command of this version can answer is "not yet provable". */
export type RuleCheck = Readonly<{ kind: string }> & Readonly<Record<string, unknown>>;

export interface Risk {
  /** "R1". */
  readonly id: string;
  readonly risk: string;
  readonly likelihood: "low" | "medium" | "high";
  readonly impact: "low" | "medium" | "high";
  readonly mitigation: string;
  /** The command that shows whether it has come true. */
  readonly detector: string;
  /** The command that takes the fleet back. */
  readonly fallback: string;
  /** Phases whose documents must speak of it; all where empty. */
  readonly phases: readonly string[];
  /** What `lapstrake risk` looks at; undefined: nothing of this version can tell. */
  readonly watch?: RiskWatch;
  readonly at: SourcePosition;
}
