import type { ChainVerdict } from "../../core/record/chain.ts";
import type { Entry, EntryOf, Head } from "../../core/record/entry.ts";
import type { Bodies, Kind } from "../../core/record/kinds.ts";
import type { ChainSurvey } from "../../core/record/survey-chain.ts";

/** Bytes after the last whole line: an append that a crash or a full disk cut short. It was never announced. */
export interface TornTail {
  readonly bytes: number;
  /** Where they were moved; undefined while they still stand in the ledger (only an append moves them). */
  readonly movedTo: string | undefined;
}

/** The append-only, hash-chained record of one fleet. */
export interface Ledger {
  /**
   * Resolves when the entry is on the disk; only then announce what it says. Appends made at once share one write and
   * sync, and either all stand or none. Throws LedgerError, and RecordError for a body that is not as its kind says.
   */
  append<K extends Kind>(kind: K, body: Bodies[K]): Promise<EntryOf<K>>;
  /** All entries, the whole chain verified. Throws LedgerError LEDGER_BROKEN with line and reason. */
  read(): Promise<readonly Entry[]>;
  /** The whole chain judged; never throws for what is in it. */
  verify(): Promise<ChainVerdict>;
  /** The same, with what signatures, evidence and index are compared with. */
  survey(): Promise<ChainSurvey>;
  /**
   * The newest entry of this kind, read from the end of the file. Its own hash is checked, the chain is not.
   * Throws LedgerError LEDGER_BROKEN where a line on the way is damaged.
   */
  last<K extends Kind>(kind: K): Promise<EntryOf<K> | undefined>;
  /**
   * All entries of these kinds in order, quickly also where they are few among many: an index beside the ledger says where
   * they stand. Each entry's hash is checked, against the index as well, and the chain from the index on; the chain before
   * is not: that is for `verify`. Throws LedgerError LEDGER_BROKEN.
   */
  entriesOf<K extends Kind>(...kinds: readonly K[]): Promise<readonly EntryOf<K>[]>;
  head(): Promise<Head | undefined>;
  /** The torn tail that this ledger moved aside, or else the one that its last call saw: to be reported. */
  torn(): TornTail | undefined;
  /** Whether the index says of these entries, the first on, what they are; undefined where there is no index. */
  checkIndex(entries: readonly Pick<Entry, "kind" | "hash">[]): Promise<boolean | undefined>;
}
