import type { Digest } from "../../core/base/digest.ts";
import type { ImageAudit, PackageUse } from "../../core/policy/audit/image-audit.ts";
import type { Reached } from "../../core/policy/audit/reached-by-path.ts";
import { chainOf, type Reason } from "../../core/policy/audit/reason.ts";

/** What every form of an audit's report is made of. */
export interface AuditView {
  readonly release: string | undefined;
  readonly images: readonly AuditedView[];
  /** Images that were not read. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

export interface AuditedView {
  readonly name: string;
  readonly digest: Digest | undefined;
  readonly source: string;
  readonly audit: ImageAudit;
  /** For who follows chains. */
  readonly reached?: Reached;
  /** Why nobody could say which packages bring what is missing. */
  readonly unasked?: string;
}

/** Of a Dockerfile, or the layer where nobody knows the line. */
export function placeOf({ layer, instruction }: PackageUse): string {
  if (instruction !== undefined) return `${instruction.file}:${instruction.line}`;
  return layer === undefined ? "" : `layer ${layer}`;
}

export function stepText({ what, name, at }: Omit<Reason, "because">): string {
  return `${what} ${name}${at === undefined ? "" : ` (${at})`}`;
}

/** The whole of it on one line. */
export function chainText(reason: Reason): string {
  return chainOf(reason).map(stepText).join(" > ");
}

export function sumBytes(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
