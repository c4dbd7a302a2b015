/** One challenge of a WWW-Authenticate header: scheme in lower case, parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

// RFC 9110 section 5.6.2 (token) and 11.2 (token68).
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t]*/y;
const SEPARATOR = /[ \t,]*/y;
const MAX_HEADER = 16 * 1024;

/**
 * Reads WWW-Authenticate (RFC 9110 section 11.6.1). One header may hold several challenges, and a comma separates both
 * challenges and parameters: what follows a comma is a parameter where `=` comes next, else a new scheme. Quoted values
 * may hold commas. What cannot be read ends the list; nothing is guessed.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, MAX_HEADER);
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  for (;;) {
    // Only the first may stand without a comma before it; anything else is a parameter that could not be read.
    if (!take(SEPARATOR).includes(",") && challenges.length > 0) return challenges;
    const scheme = take(TOKEN);
    if (scheme === "") return challenges;
    take(SPACE);
    const parameters = new Map<string, string>();
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    if (take(TOKEN68) !== "") continue;
    at = takeParameters(text, at, parameters);
  }
}

function takeParameters(text: string, start: number, into: Map<string, string>): number {
  // `name = value` with optional white space around `=`; the value is a token or a quoted string with \ escapes.
  const parameter =
    /[ \t,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z/:-]+))/y;
  let at = start;
  for (;;) {
    parameter.lastIndex = at;
    const found = parameter.exec(text);
    if (found === null) return at;
    const [all, name = "", quoted, token = ""] = found;
    into.set(name.toLowerCase(), quoted === undefined ? token : quoted.replace(/\\(.)/g, "$1"));
    at += all.length;
  }
}
