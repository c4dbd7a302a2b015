import type { Digest } from "../../core/base/digest.ts";
import type { PhasePlan } from "../../core/blueprint/phase-plan.ts";
import type { DocumentFinding, DocumentState, PhaseState } from "../../core/phases/phase-state.ts";
import type { Entry } from "../../core/record/entry.ts";

/** What a gate document is held against. */
export interface DocumentQuestion {
  readonly subject: {
    readonly plan: PhasePlan;
    readonly kind: DocumentState["kind"];
    /** The phase that it is about. */
    readonly state: Pick<PhaseState, "phase" | "rules">;
  };
  /** The entry of the ledger that has this hash, of whatever kind. */
  readonly entry: (hash: Digest) => Entry | undefined;
  /** The other gate documents that there are, of any phase. */
  readonly others: readonly { readonly path: string; readonly source: Uint8Array }[];
}

/** What is wrong with a gate document. */
export type DocumentCheck = (
  source: Uint8Array,
  question: DocumentQuestion,
) => Promise<readonly DocumentFinding[]>;
