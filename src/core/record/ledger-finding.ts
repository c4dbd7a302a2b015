import type { Entry } from "./entry.ts";

export type LedgerFindingCode =
  /** The file is not a chain from here on. */
  | "LEDGER_BROKEN"
  /** Bytes after the last whole entry. */
  | "LEDGER_TORN"
  /** Entries that were signed are gone from the end. */
  | "LEDGER_CUT"
  /** A chain, but not the one that was signed. */
  | "LEDGER_REWRITTEN"
  /** The cache of kinds and places says something else than the file. */
  | "LEDGER_INDEX"
  | "CHECKPOINT_UNREADABLE"
  /** Signed by a key that the repository does not list. */
  | "CHECKPOINT_KEY"
  | "CHECKPOINT_SIGNATURE"
  /** It does not continue the checkpoint that it names. */
  | "CHECKPOINT_PROOF"
  /** The checkpoint that another continues, or that was witnessed, is not here. */
  | "CHECKPOINT_GONE"
  /** One key signed two histories. */
  | "CHECKPOINT_FORK"
  /** The ledger's own machine as its witness. */
  | "WITNESS_SELF"
  | "EVIDENCE_MISSING"
  | "EVIDENCE_CHANGED"
  /** A file in the store of evidence that is not named by its content. */
  | "EVIDENCE_STRAY";

/** Something of a ledger that does not hold. */
export interface LedgerFinding {
  readonly code: LedgerFindingCode;
  readonly message: string;
  /** The entry that it begins with or is about, as far as it is known. */
  readonly entry?: Partial<Pick<Entry, "time">> & Pick<Entry, "seq">;
  /** Of the ledger's file, or of the file or note that `at` names; from 1. */
  readonly line?: number;
  readonly at?: string;
}
