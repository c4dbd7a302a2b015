/** One simple command of a shell line: its words with quotes taken off. */
export type ShellCommand = readonly string[];

const MAX_COMMANDS = 200;
const BREAKS: ReadonlySet<string> = new Set([";", "|", "&", "\n", "(", ")"]);

/**
 * The simple commands of a POSIX shell line, as far as that can be told without running it: quotes, escapes, comments, `;`, `&&`,
 * `|`, sub-shells. Words with `$` or backquotes keep them, and redirections are left out. Never throws.
 */
export function shellCommands(line: string): ShellCommand[] {
  const commands: string[][] = [[]];
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
      if (commands.length >= MAX_COMMANDS) break;
      commands.push([]);
    } else if (/\s/.test(sign)) endWord();
    else {
      word += sign;
      isWord = true;
    }
  }
  endWord();
  return commands.map(withoutRedirections).filter((command) => command.length > 0);
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
