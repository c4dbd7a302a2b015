import { lookOf } from "./look-alike.ts";

// Where words are not set apart by blanks, each sign counts as one.
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

/** The words of a text as they look, in small letters, with a # for each number: "Phase 1" and "phase 2" are one. */
export function wordsOf(text: string): readonly string[] {
  const words = lookOf(text).toLowerCase().match(WORD) ?? [];
  return words.map((word) => word.replaceAll(/\p{N}+/gu, "#"));
}

/** What a sentence has at least. */
export const SENTENCE_WORDS = 5;

/** How many different words; the same word again says nothing more. */
export function countWords(words: readonly string[]): number {
  return new Set(words).size;
}

/** Above this share, a text is a copy of another. */
const COPIED = 0.8;

/** A text as its runs of three words: what two texts have in common where one was copied. */
export type Runs = ReadonlySet<string>;

export function runsOf(words: readonly string[]): Runs {
  return new Set(words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`));
}

/** Whether most of a text stands in the other as well. */
export function isCopy(own: Runs, other: Runs): boolean {
  if (own.size === 0) return false;
  const shared = [...own].filter((run) => other.has(run)).length;
  return shared / own.size >= COPIED;
}
