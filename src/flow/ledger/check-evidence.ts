import type { Digest } from "../../core/base/digest.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import type { Evidence } from "../../edge/ledger/evidence.ts";
import type { ReadChain } from "./read-chain.ts";

export interface EvidenceCheck {
  /** How many digests the ledger stands on. */
  readonly cited: number;
  /** How many files were read, cited or not. */
  readonly stored: number;
  readonly findings: readonly LedgerFinding[];
}

/** Reads every byte of the store: each file must be what its name says, and what the ledger cites must be there. */
export async function checkEvidence(evidence: Evidence, cited: ReadChain["cited"]): Promise<EvidenceCheck> {
  const stored = await evidence.list();
  const findings: LedgerFinding[] = [];
  const seen = new Set<Digest>();
  for (const { name, digest } of stored) {
    if (digest === undefined) {
      const message = "it is not named by its content: nobody put it there, or its name was changed";
      findings.push({ code: "EVIDENCE_STRAY", message, at: `evidence/${name}` });
      continue;
    }
    seen.add(digest);
    if ((await evidence.check(digest)) === "sound") continue;
    const entry = cited.get(digest);
    const message =
      entry === undefined
        ? "its bytes are not those of its name; no entry cites it"
        : `its bytes are not those that entry ${entry.seq} cites`;
    findings.push({
      code: "EVIDENCE_CHANGED",
      message,
      at: `evidence/${name}`,
      ...(entry === undefined ? {} : { entry }),
    });
  }
  for (const [digest, entry] of cited) {
    if (seen.has(digest)) continue;
    const message = `entry ${entry.seq} cites ${digest}, which is not in the store`;
    findings.push({ code: "EVIDENCE_MISSING", message, entry });
  }
  return { cited: cited.size, stored: stored.length, findings };
}
