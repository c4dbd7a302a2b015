import type { IndexFacts, Pin } from "../../core/policy/locks/index-facts.ts";

export interface AskOptions {
  /** `3.11`: the interpreter that the pins are meant for. */
  readonly python?: string;
  readonly signal?: AbortSignal;
}

/**
 * A package index as this host's own Python client is configured for it: its address, its login, its proxy, its trust. Who
 * cannot be asked is an answer too; nothing is thrown but the abort of `signal`.
 */
export interface PackageIndex {
  /** What the index lists of these versions. Bounded in time: pins that had no answer by then are unknown. */
  ask(pins: readonly Pin[], options?: AskOptions): Promise<IndexFacts>;
}
