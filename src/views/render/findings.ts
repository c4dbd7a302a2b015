import { formatPosition } from "../../core/base/error.ts";
import type { Finding } from "../../core/base/finding.ts";

/** `file:line:column: error: message [rule]`, with the chain and the hint on lines of their own. */
export function renderFinding({ at, level, message, rule, chain, hint }: Finding): string {
  const place = formatPosition(at);
  return [
    `${place === "" ? "" : `${place}: `}${level}: ${message} [${rule}]`,
    ...(chain ?? []).map((step) => `  ${step}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ].join("\n");
}
