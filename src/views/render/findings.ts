import { formatPosition } from "../../core/base/error.ts";
import type { Finding } from "../../core/base/finding.ts";
import type { Contradiction } from "../../core/policy/contradictions/contradiction.ts";
import type { Decided } from "../../core/policy/contradictions/judge.ts";
import { printable } from "./printable.ts";

/** `file:line:column: error: message [rule]`, with the chain and the hint on lines of their own. */
export function renderFinding(finding: Finding | Contradiction): string {
  const { at, level, message, rule, chain, hint } = finding;
  const place = formatPosition(at);
  const lines = [
    `${place === "" ? "" : `${place}: `}${level}: ${message} [${"id" in finding ? finding.id : rule}]`,
    ...(chain ?? []).map((step) => `  ${step}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
  return printable(lines.join("\n"));
}

/** A contradiction that is settled: what it was, and who decided what, when and why. */
export function renderDecided({ at, message, id, decision }: Decided): string {
  const { decision: text, who, when, why } = decision;
  const lines = [
    `${formatPosition(at)}: decided: ${message} [${id}]`,
    `  decision: ${text} (${who}, ${when})`,
    `  why: ${why}`,
  ];
  return printable(lines.join("\n"));
}
