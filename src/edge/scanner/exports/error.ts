import { type ErrorOptions, LapstrakeError } from "../../../core/base/error.ts";
import { systemCode } from "../../../core/base/system-code.ts";

export type ExportErrorCode =
  /** It is not there, or the disk does not give it. */
  | "EXPORT_UNREADABLE"
  /** Neither a folder, nor a zip, nor lines of JSON; or it changed while it was read. */
  | "EXPORT_FORM"
  /** Damaged, truncated, or made to deceive: entries that overlap, checksums that differ. */
  | "EXPORT_ZIP"
  | "EXPORT_GZIP"
  /** More than is read of any export. */
  | "EXPORT_LIMIT"
  /** Not a single record: which tells of nothing, and not that there is nothing. */
  | "EXPORT_EMPTY"
  /** Two records of one id and one time that say different things. */
  | "EXPORT_AMBIGUOUS";

/** An export of advisories cannot be read as a whole. */
export class ExportError extends LapstrakeError<ExportErrorCode> {
  readonly exit: 2 | 3;

  constructor(code: ExportErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.exit = code === "EXPORT_UNREADABLE" ? 3 : 2;
  }
}

/** A failed read of an export; what is an error of ours already stays. */
export function exportFailure(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown);
  if (code === undefined) return thrown;
  const why = code === "ENOENT" ? "it is not there" : code;
  return new ExportError("EXPORT_UNREADABLE", `cannot read ${path}: ${why}`, { cause: thrown });
}
