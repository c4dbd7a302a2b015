import { AuditError } from "../error.ts";

/** Where in a database something stands. */
export interface DatabaseLine {
  /** Plain path in the image, or the name of an index. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** AuditError DPKG_INVALID with its place; what was found is cut, since it may be anything. */
export function dpkgInvalid(why: string, { file, line }: DatabaseLine): AuditError {
  return new AuditError("DPKG_INVALID", `${file}:${line}: ${why}`, { at: { file, line, column: 1 } });
}

/** A text of an image, short enough for a message and without what a terminal would obey. */
export function shown(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, "?");
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}
