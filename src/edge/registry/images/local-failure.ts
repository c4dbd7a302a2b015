import { AuditError } from "../../../core/audit/error.ts";
import { RegistryError } from "../error.ts";

/** Files on this machine that an image is to be read from. */
export interface LocalPlace {
  readonly path: string;
  /** What they must be, in words. */
  readonly expected: string;
  /** What makes such. */
  readonly hint: string;
}

const WRONG: ReadonlySet<string> = new Set([
  "TAR_INVALID",
  "TAR_TRUNCATED",
  "LAYER_COMPRESSION",
  "ARCHIVE_INVALID",
  "MANIFEST_UNKNOWN",
]);

/**
 * A failure to read an image from files that somebody named: those are the wrong ones, or damaged, which is an input error and
 * says nothing of an image. Anything else comes back as it was thrown.
 */
export function localFailure({ path, expected, hint }: LocalPlace, thrown: unknown): unknown {
  if (!(thrown instanceof AuditError || thrown instanceof RegistryError) || !WRONG.has(thrown.code))
    return thrown;
  const message = `${path}: expected ${expected}, found that ${thrown.message}`;
  const options = { hint: thrown.hint ?? hint, cause: thrown, exit: 2 as const };
  return thrown instanceof AuditError
    ? new AuditError(thrown.code, message, options)
    : new RegistryError(thrown.code, message, options);
}
