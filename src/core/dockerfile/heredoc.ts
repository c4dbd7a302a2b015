import type { Heredoc } from "./dockerfile.ts";
import { LexError, lexWord } from "./shell-lex.ts";

export type HeredocHead = Omit<Heredoc, "content">;

// Words of a heredoc are always read with a backslash, whatever the file's escape character is.
const LEX = {
  escape: "\\",
  keepUnset: true,
  cut: true,
  lookup: () => ({ kind: "unset" }) as const,
  budget: { spend: () => {} },
};

/** The heredocs that a line opens, in order. Throws LexError for a word with an open quote. */
export function heredocsOnLine(line: string): readonly HeredocHead[] {
  return rawWords(line).flatMap((word) => heredocOfWord(word) ?? []);
}

/** `<<EOF`, `<<-EOF`, `3<<"EOF"`; undefined for any other word. Throws LexError. */
export function heredocOfWord(word: string): HeredocHead | undefined {
  const match = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word);
  const rest = match?.[2] ?? "";
  if (match === null || rest === "") return undefined;
  const [name, ...more] = lexWord(rest, LEX).words;
  const [raw = ""] = lexWord(rest, { ...LEX, rawQuotes: true }).words;
  if (name === undefined || more.length > 0) return undefined;
  return { name, expand: quotes(name) === quotes(raw), chomp: match[1] === "-" };
}

/** As heredocOfWord, but a word that does not lex is taken for none. */
export function tryHeredoc(word: string): HeredocHead | undefined {
  try {
    return heredocOfWord(word);
  } catch (error) {
    if (error instanceof LexError) return undefined;
    throw error;
  }
}

/** Leading tabs of every line go. */
export function chompTabs(content: string): string {
  return content.replace(/(^|\n)\t+/g, "$1");
}

function rawWords(line: string): readonly string[] {
  try {
    return lexWord(line, { ...LEX, rawQuotes: true, rawEscapes: true }).words;
  } catch (error) {
    // BuildKit looks no further for heredocs in a line that does not lex.
    if (error instanceof LexError) return [];
    throw error;
  }
}

function quotes(text: string): number {
  return text.replace(/[^'"]/g, "").length;
}
