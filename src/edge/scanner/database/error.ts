import { LapstrakeError } from "../../../core/base/error.ts";
import { systemCode } from "../../../core/base/system-code.ts";

export type DatabaseErrorCode =
  /** None was kept, or not the one that is asked for. */
  | "DATABASE_MISSING"
  /** It is not what this machine kept: somebody else wrote there, or the disk lost something. */
  | "DATABASE_CHANGED"
  | "DATABASE_UNREADABLE"
  | "DATABASE_UNWRITABLE"
  | "DATABASE_NO_SPACE"
  /** No place that an export can be fetched from. */
  | "DATABASE_SOURCE";

/** The databases of advisories on this machine cannot be used. */
export class DatabaseError extends LapstrakeError<DatabaseErrorCode> {
  get exit(): 2 | 3 {
    return this.code === "DATABASE_SOURCE" ? 2 : 3;
  }
}

export function changed(what: string, cause?: unknown): DatabaseError {
  return new DatabaseError("DATABASE_CHANGED", `${what} is not what this machine kept`, {
    cause,
    hint: "run `lapstrake db update` to fetch it anew; somebody may have changed it",
  });
}

/** A failed system call on a file of the databases; errors of ours stay. */
export function databaseFailure(path: string, thrown: unknown, doing: "read" | "write"): unknown {
  const code = systemCode(thrown);
  if (code === undefined) return thrown;
  const details = { path };
  if (code === "ENOSPC" || code === "EDQUOT")
    return new DatabaseError("DATABASE_NO_SPACE", `no space left to write ${path}`, {
      cause: thrown,
      details,
      hint: "free disk space and run the same command again; the database before is kept",
    });
  if (doing === "read" && code === "ENOENT") return changed(path, thrown);
  return new DatabaseError(
    doing === "read" ? "DATABASE_UNREADABLE" : "DATABASE_UNWRITABLE",
    `cannot ${doing} ${path}: ${code}`,
    { cause: thrown, details },
  );
}
