import { type ErrorOptions, type ExitCode, LapstrakeError } from "../../core/base/error.ts";
import type { LedgerFinding } from "../../core/record/ledger-finding.ts";
import type { WitnessRefusal } from "../../core/record/witness.ts";
import type { FlowProblem } from "../error.ts";

export type VouchErrorCode =
  /** Nothing is signed while something of the ledger or of its checkpoints does not hold. */
  | "LEDGER_UNSOUND"
  | "LEDGER_EMPTY"
  /** `lapstrake.ledger.pub` cannot be read. */
  | "KEY_LIST"
  /** A witness sees this ledger's key for the first time. */
  | "WITNESS_KEY_NEW"
  /** There is no checkpoint of another machine in the file. */
  | "WITNESS_NOTHING"
  /** What this machine witnessed before cannot be read. */
  | "WITNESS_STATE"
  | WitnessRefusal;

const EXITS: Partial<Readonly<Record<VouchErrorCode, ExitCode>>> = {
  KEY_LIST: 2,
  WITNESS_NOTHING: 2,
  WITNESS_STATE: 3,
};

/** A checkpoint or a countersignature is not given. */
export class VouchError extends LapstrakeError<VouchErrorCode> {
  readonly exit: ExitCode;
  readonly problems: readonly FlowProblem[];

  constructor(
    code: VouchErrorCode,
    message: string,
    options: ErrorOptions & { problems?: readonly FlowProblem[] } = {},
  ) {
    super(code, message, options);
    this.exit = EXITS[code] ?? 1;
    this.problems = options.problems ?? [];
  }
}

const LOOK = "`lapstrake ledger verify` says what broke and since when";

/** Refuses, and says all that was found. */
export function unsound(message: string, findings: readonly LedgerFinding[]): VouchError {
  const found = findings.map((finding) => ({
    code: finding.code,
    message: finding.at === undefined ? finding.message : `${finding.at}: ${finding.message}`,
  }));
  const problems = [{ code: "LEDGER_UNSOUND", message, hint: LOOK }, ...found];
  return new VouchError("LEDGER_UNSOUND", message, { problems, hint: LOOK });
}
