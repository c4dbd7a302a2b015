import { LapstrakeError } from "../../core/base/error.ts";
import { systemCode } from "../../core/base/system-code.ts";

export type LedgerErrorCode =
  | "LEDGER_BROKEN"
  | "LEDGER_UNREADABLE"
  | "LEDGER_UNWRITABLE"
  | "LEDGER_NO_SPACE"
  | "LEDGER_KEY";

/** The ledger is damaged, or the disk does not take or give it. */
export class LedgerError extends LapstrakeError<LedgerErrorCode> {
  readonly exit = 3;
}

/** A failed system call on a file of the ledger; a full disk or quota is LEDGER_NO_SPACE. */
export function ledgerFailure(file: string, thrown: unknown, doing: "read" | "write"): LedgerError {
  if (thrown instanceof LedgerError) return thrown;
  const code = systemCode(thrown);
  const details = { file };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new LedgerError("LEDGER_NO_SPACE", `no space left to write ${file}`, {
      cause: thrown,
      details,
      hint: "free disk space and run the same command again; the ledger is as it was before",
    });
  }
  return new LedgerError(
    doing === "read" ? "LEDGER_UNREADABLE" : "LEDGER_UNWRITABLE",
    `cannot ${doing} ${file}: ${code ?? String(thrown)}`,
    { cause: thrown, details },
  );
}

export { systemCode };
