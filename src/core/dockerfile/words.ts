import { isSpace, trimSpaceLeft } from "./space.ts";

/** Words of ENV, LABEL and ARG: white space cuts, quotes hold together and stay, the escape character protects. */
export function parseWords(rest: string, escape: string): readonly string[] {
  const chars = Array.from(rest);
  const words: string[] = [];
  let word = "";
  let inWord = false;
  let quote = "";
  for (let position = 0; position < chars.length; position++) {
    const char = chars[position] ?? "";
    if (quote === "" && isSpace(char)) {
      if (inWord && word !== "") words.push(word);
      word = "";
      inWord = false;
      continue;
    }
    inWord = true;
    if (char === escape && quote !== "'") {
      // At the end of the line the escape character is dropped, and an open quote with it.
      if (position + 1 === chars.length) continue;
      position++;
      word += char + (chars[position] ?? "");
      continue;
    }
    if (quote === "" && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = "";
    word += char;
  }
  if (word !== "") words.push(word);
  return words;
}

/** The strings of a JSON array; "shell" where the text is none, "mixed" for an array with other values (refused). */
export function parseJsonForm(rest: string): readonly string[] | "shell" | "mixed" {
  const text = trimSpaceLeft(rest);
  if (!text.startsWith("[")) return "shell";
  const value = parseJson(text);
  if (!Array.isArray(value)) return "shell";
  // Go refuses numbers that overflow before it looks at the types.
  if (value.some((element) => typeof element === "number" && !Number.isFinite(element))) return "shell";
  const strings = value.filter((element): element is string => typeof element === "string");
  return strings.length === value.length ? strings.map(wellFormed) : "mixed";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Go turns half a surrogate pair (from a \u escape) into U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
