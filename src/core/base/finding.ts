import type { SourcePosition } from "./error.ts";

/** Something that a check saw: a rule's name, how bad it is, one line, where, and the remedy. */
export interface Finding {
  /** A stable kebab-case name, for example `unknown-parent`. */
  readonly rule: string;
  readonly level: "error" | "warning";
  readonly message: string;
  readonly at?: SourcePosition;
  readonly hint?: string;
  /** The places that led here, outermost first. */
  readonly chain?: readonly string[];
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.level === "error");
}
