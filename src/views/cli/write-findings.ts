import type { Finding } from "../../core/base/finding.ts";
import { renderFinding } from "../render/findings.ts";
import { type Call, flagOn } from "./command.ts";

/** Tells the warnings of a run that goes on; errors have ended it. */
export function writeFindings({ io, flags }: Call, findings: readonly Finding[]): void {
  if (flagOn(flags, "quiet")) return;
  for (const finding of findings) io.err(`${renderFinding(finding)}\n`);
}
