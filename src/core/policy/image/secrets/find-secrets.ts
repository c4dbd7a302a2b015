import { OWN_FORMS } from "./own-forms.ts";
import { askRules } from "./rule-set.ts";

export interface SecretHit {
  readonly kind: string;
  /** Counted from 1. */
  readonly line: number;
}

interface Found {
  readonly kind: string;
  readonly range: readonly [start: number, end: number];
}

/** What is told of one text: whoever has so many has to look at all of it. */
const TOLD = 20;

/**
 * What of a known form is in a text, by its place in it: what the rule set finds, and what our own forms find where it found
 * nothing. The secret itself is never part of the answer. `path` of a text that is no file is empty.
 */
export function findSecrets(text: string, path = ""): readonly SecretHit[] {
  const ruled = askRules(text, path);
  const own = ofOwnForms(text).filter((each) => !ruled.some((other) => overlap(each, other)));
  const found = [...ruled, ...own].sort((one, other) => one.range[0] - other.range[0]).slice(0, TOLD);
  return found.length === 0 ? [] : withLines(text, found);
}

export function ofOwnForms(text: string): readonly Found[] {
  return OWN_FORMS.flatMap(({ kind, prefix, pattern }) => {
    if (!text.includes(prefix)) return [];
    const found: Found[] = [];
    for (const { 0: match, index } of text.matchAll(pattern)) {
      // The keys of AWS's own manuals, which its libraries repeat.
      if (!match.includes("EXAMPLE")) found.push({ kind, range: [index, index + match.length] });
      if (found.length === TOLD) break;
    }
    return found;
  });
}

function overlap({ range: [start, end] }: Found, { range: [from, to] }: Found): boolean {
  return start < to && from < end;
}

/** One pass over the text, whose finds are sorted; two of one kind in one line are told once. */
function withLines(text: string, found: readonly Found[]): readonly SecretHit[] {
  const hits: SecretHit[] = [];
  let [line, at] = [1, text.indexOf("\n")];
  for (const { kind, range } of found) {
    for (; at >= 0 && at < range[0]; at = text.indexOf("\n", at + 1)) line++;
    if (!hits.some((hit) => hit.kind === kind && hit.line === line)) hits.push({ kind, line });
  }
  return hits;
}
