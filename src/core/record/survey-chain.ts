import type { Digest } from "../base/digest.ts";
import { evidenceOf } from "./about.ts";
import { type ChainVerdict, type DatedHead, verifyChain } from "./chain.ts";
import type { Entry } from "./entry.ts";

/** A chain read once: its verdict, and of each sound entry what signatures, evidence and index are compared with. */
export interface ChainSurvey {
  readonly verdict: ChainVerdict;
  readonly entries: readonly Pick<Entry, "kind" | "hash">[];
  /** The evidence that entries stand on, with the first that does. */
  readonly cited: ReadonlyMap<Digest, Pick<Entry, "seq" | "time">>;
}

/** Verifies every line; `after` is the entry before the first, where the lines are the end of a chain. */
export function surveyChain(lines: Iterable<string>, after?: DatedHead): ChainSurvey {
  const entries: Pick<Entry, "kind" | "hash">[] = [];
  const cited = new Map<Digest, Pick<Entry, "seq" | "time">>();
  const visit = (entry: Entry): void => {
    const { kind, hash, seq, time } = entry;
    entries.push({ kind, hash });
    for (const digest of evidenceOf(entry)) if (!cited.has(digest)) cited.set(digest, { seq, time });
  };
  return { verdict: verifyChain(lines, { visit, after }), entries, cited };
}

/** A survey of the lines before and one of those after them. */
export function joinSurveys(first: ChainSurvey, second: ChainSurvey): ChainSurvey {
  if (!first.verdict.ok) return first;
  return {
    verdict: second.verdict,
    entries: [...first.entries, ...second.entries],
    // The first that cites is the one that counts.
    cited: new Map([...second.cited, ...first.cited]),
  };
}
