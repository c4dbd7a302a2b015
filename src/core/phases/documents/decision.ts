import type { MarkdownLine } from "./markdown.ts";

/** What the place of a decision says in its fixed form; its reasons are words like any. */
export interface Decision {
  /** What stands behind `Decision:`. */
  readonly values: readonly MarkdownLine[];
  readonly accepted: readonly AcceptedGap[];
  /** Of `Confidence: N%`, as the guide has it. */
  readonly confidence: readonly { readonly line: number; readonly percent: number }[];
}

/** `Accepted gap KEY: why`. */
export interface AcceptedGap {
  readonly line: number;
  readonly key: string;
  readonly why: string;
}

const FORM = /^(?:decision:|accepted gap |confidence:)/i;

export function isDecisionLine(text: string): boolean {
  return FORM.test(withoutEmphasis(text));
}

export function parseDecision(said: readonly MarkdownLine[]): Decision {
  const lines = said.map(({ line, text }) => ({ line, text: withoutEmphasis(text) }));
  return {
    values: lines.flatMap(({ line, text }) => {
      const [, value] = /^decision:\s*(.*?)[\s.]*$/i.exec(text) ?? [];
      return value === undefined ? [] : [{ line, text: value }];
    }),
    accepted: lines.flatMap(({ line, text }) => {
      const [, key, why] = /^accepted gap (\S+?):(?:\s+(.*))?$/i.exec(text) ?? [];
      return key === undefined ? [] : [{ line, key, why: why ?? "" }];
    }),
    confidence: lines.flatMap(({ line, text }) => {
      const [, percent] = /^confidence:\s*(\d{1,3})\s*%/i.exec(text) ?? [];
      return percent === undefined ? [] : [{ line, percent: Number(percent) }];
    }),
  };
}

/** Bold words are the same words. An underscore may belong to a name. */
function withoutEmphasis(text: string): string {
  return text
    .replaceAll("*", "")
    .replaceAll(/^[\s_]+|[\s_]+$/g, "")
    .replaceAll("__", "");
}
