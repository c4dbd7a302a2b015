import { formatPosition } from "../../core/base/error.ts";
import type { Finding } from "../../core/base/finding.ts";
import { printable } from "./printable.ts";

/** `file:line:column: error: message [rule]`, with the chain and the hint on lines of their own. */
export function renderFinding({ at, level, message, rule, chain, hint }: Finding): string {
  const place = formatPosition(at);
  const lines = [
    `${place === "" ? "" : `${place}: `}${level}: ${message} [${rule}]`,
    ...(chain ?? []).map((step) => `  ${step}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ];
  return printable(lines.join("\n"));
}
