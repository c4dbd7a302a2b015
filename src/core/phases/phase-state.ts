import type { Digest } from "../base/digest.ts";
import type { EvidenceRule, Phase } from "../blueprint/phase-plan.ts";

/** Where an entry stands in the ledger. */
export interface EntryRef {
  readonly seq: number;
  readonly hash: Digest;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/**
 * What is known of one rule (on one machine). "missing": never collected. "stale": collected, but an input changed or it
 * expired. "not-provable": no command of this version gives the evidence. Only "holds" is good.
 */
export type RuleVerdict = "holds" | "fails" | "unknown" | "missing" | "stale" | "not-provable";

export interface RuleState {
  readonly rule: EvidenceRule;
  readonly machine: string | undefined;
  readonly verdict: RuleVerdict;
  /** One sentence: what holds with its digests, or what is wrong, changed or lacking. */
  readonly reason: string;
  /** The newest evidence, also where it is stale. */
  readonly evidence: EntryRef | undefined;
  /** Digests that the evidence was made of, by name. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** The command that gives the evidence. */
  readonly command: string;
}

/**
 * "blocked": a phase that it requires is not done. "open": rules or documents lack. "ready": all is there, `phase done`
 * would pass. "stale": it was done, and its evidence no longer holds.
 */
export type PhaseVerdict = "blocked" | "open" | "ready" | "done" | "stale";

export interface PhaseState {
  readonly phase: Phase;
  readonly verdict: PhaseVerdict;
  readonly reason: string;
  readonly rules: readonly RuleState[];
  readonly documents: readonly DocumentState[];
  /** The entry that closed it, where one did. */
  readonly gate: EntryRef | undefined;
  /** What an imported store says of it. Never evidence. */
  readonly claim?: Claim;
}

/** "done" in another tool's store: somebody said so. */
export interface Claim {
  readonly entry: EntryRef;
  readonly done: boolean;
}

export interface DocumentState {
  readonly kind: "postreview" | "preanalysis";
  /** Relative to the blueprint's folder. */
  readonly path: string;
  /** Of its bytes; undefined where there is no such file. */
  readonly digest: Digest | undefined;
  readonly findings: readonly DocumentFinding[];
}

/** One thing that is wrong with a gate document. */
export interface DocumentFinding {
  readonly rule: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly hint?: string;
}
