/** One simple command of a shell line: its words with quotes taken off. */
export type ShellCommand = readonly string[];

/** A simple command, or none, and what stands behind it. */
export interface ShellStep {
  readonly words: ShellCommand;
  /** `;`, `&&`, `(` and so on; a line's end is `;`. Empty at the end of the text. */
  readonly end: string;
}

const MAX_COMMANDS = 200;
const BREAKS: ReadonlySet<string> = new Set([";", "|", "&", "\n", "(", ")"]);

/**
 * The simple commands of a POSIX shell line, as far as that can be told without running it: quotes, escapes, comments, `;`, `&&`,
 * `|`, sub-shells. Words with `$` or backquotes keep them, and redirections are left out. Never throws.
 */
export function shellCommands(line: string): ShellCommand[] {
  return shellSteps(line, MAX_COMMANDS)
    .map(({ words }) => words)
    .filter((words) => words.length > 0);
}

/** The same with the signs between them; at most so many, and what comes after is left out. */
export function shellSteps(line: string, limit: number): ShellStep[] {
  const commands: string[][] = [[]];
  const ends: string[] = [];
  let word = "";
  let isWord = false;
  let quote = "";
  const endWord = () => {
    if (isWord) commands.at(-1)?.push(word);
    word = "";
    isWord = false;
  };
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? "";
    if (quote !== "") {
      if (sign === quote) quote = "";
      else if (sign === "\\" && quote === '"' && /["\\$`\n]/.test(line[at + 1] ?? ""))
        word += line[++at] ?? "";
      else word += sign;
    } else if (sign === "'" || sign === '"') {
      quote = sign;
      isWord = true;
    } else if (sign === "\\") {
      const next = line[++at] ?? "";
      if (next === "\n") continue;
      word += next;
      isWord = true;
    } else if (sign === "#" && !isWord) {
      while (at + 1 < line.length && line[at + 1] !== "\n") at++;
    } else if (sign === "&" && /[<>]$/.test(word)) {
      // `2>&1` is a redirection, not a break.
      word += sign;
    } else if (BREAKS.has(sign)) {
      endWord();
      const isDouble = (sign === "|" || sign === "&") && line[at + 1] === sign;
      if (isDouble) at++;
      ends.push(isDouble ? sign + sign : sign === "\n" ? ";" : sign);
      if (commands.length >= limit) break;
      commands.push([]);
    } else if (/\s/.test(sign)) endWord();
    else {
      word += sign;
      isWord = true;
    }
  }
  endWord();
  return commands.map((words, at) => ({ words: withoutRedirections(words), end: ends[at] ?? "" }));
}

function withoutRedirections(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const redirection = /^\d*(?:>>?|<<?<?|>&|<>)(.*)$/.exec(word);
    if (redirection === null) kept.push(word);
    else if (redirection[1] === "") at++;
  }
  return kept;
}
