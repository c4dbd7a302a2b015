import type { Json } from "../base/json.ts";
import type { EntryOf } from "../record/entry.ts";
import type { EntryRef } from "./phase-state.ts";

/** What the ledger says of a plan: its entries, oldest first. */
export interface PhaseRecord {
  readonly evidence: readonly EntryOf<"evidence">[];
  readonly gates: readonly EntryOf<"gate">[];
  readonly claims: readonly EntryOf<"claims">[];
}

/** The raw facts by the digest of their bytes; undefined where the bytes are gone or are others. */
export type RawFacts = ReadonlyMap<string, Json | undefined>;

export function refOf({ seq, hash, time }: EntryRef): EntryRef {
  return { seq, hash, time };
}
