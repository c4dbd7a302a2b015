export interface DecodedSource {
  /** Lines end with `\n` alone, as Python's own reader makes them; no byte order mark. */
  readonly text: string;
  /** Lines (from 1) with bytes that the encoding does not have. Python refuses such a file. */
  readonly errors: readonly number[];
}

/** PEP 263, as its own words give it. */
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:#.*)?$/;

/**
 * Python source to text: byte order mark, the encoding that its first two lines name (PEP 263), UTF-8 otherwise. What cannot
 * be decoded is replaced, and the line is in `errors`; so is the line that names an encoding nobody has.
 */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  const declared = declaredEncoding(bytes);
  const decoder = declared === undefined ? new TextDecoder("utf-8") : decoderOf(declared.label);
  if (decoder === undefined)
    return { text: plainLines(new TextDecoder("latin1").decode(bytes)), errors: [declared?.line ?? 1] };
  const text = plainLines(decoder.decode(bytes));
  // A real U+FFFD in the source is valid; only then is the slower question asked.
  const at = text.indexOf("\uFFFD");
  if (at !== -1 && !isValid(decoder.encoding, bytes)) return { text, errors: [lineAt(text, at)] };
  // Python refuses these as well; the grammar would read on.
  const zero = text.indexOf("\0");
  return { text, errors: zero === -1 ? [] : [lineAt(text, zero)] };
}

function declaredEncoding(bytes: Uint8Array): { readonly label: string; readonly line: number } | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2048)).replace(/^\u00EF\u00BB\u00BF/, "");
  const [first = "", second = ""] = head.split(/\r\n?|\n/);
  const inFirst = COOKIE.exec(first)?.[1];
  if (inFirst !== undefined) return { label: inFirst, line: 1 };
  if (!BLANK.test(first)) return undefined;
  const inSecond = COOKIE.exec(second)?.[1];
  return inSecond === undefined ? undefined : { label: inSecond, line: 2 };
}

function decoderOf(name: string): InstanceType<typeof TextDecoder> | undefined {
  const label = name.toLowerCase().replaceAll("_", "-");
  // Python's spellings that the Encoding standard does not know: `latin-1-unix`, `utf-8-sig`, `cp1252`, `mbcs`.
  const known = label
    .replace(/-(?:unix|dos|mac|sig)$/, "")
    .replace(/^cp(125\d)$/, "windows-$1")
    .replace(/^latin-(\d)/, "latin$1")
    .replace(/^iso-latin-(\d)/, "latin$1")
    .replace(/^(?:u8|utf|cp65001)$/, "utf-8")
    .replace(/^cp(949|932)$/, (_, page) => (page === "949" ? "euc-kr" : "shift_jis"))
    .replace(/^gb2312-.*$/, "gb2312");
  try {
    return new TextDecoder(known);
  } catch {
    return undefined;
  }
}

function isValid(encoding: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function plainLines(text: string): string {
  const lines = text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
  return lines.includes("\t") && /^ +\t/m.test(lines)
    ? lines.replaceAll(/^[ \t]*\t[ \t]*/gm, (indent) => " ".repeat(columnsOf(indent)))
    : lines;
}

/** A tab goes to the next column that eight divides (reference, "Indentation"); the grammar adds eight to any column. */
function columnsOf(indent: string): number {
  let columns = 0;
  for (const sign of indent) columns = sign === "\t" ? columns - (columns % 8) + 8 : columns + 1;
  return columns;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
