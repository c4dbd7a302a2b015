import type { RecordedFile } from "./environment.ts";
import { joinPath } from "./join-path.ts";

/** A wheel of torch has some ten thousand files. */
const MAX_ROWS = 500_000;

export interface RecordRows {
  readonly files: readonly RecordedFile[];
  /** Lines that are no row, counted from 1; the first hundred. */
  readonly damaged: readonly number[];
}

/** RECORD (binary distribution format): rows of CSV with path, `algorithm=urlsafe-base64`, size. Paths are from `location`. */
export function readRecord(text: string, location: string): RecordRows {
  const files: RecordedFile[] = [];
  const damaged: number[] = [];
  for (const { line, cells } of rowsOf(text)) {
    const [path = "", hash = "", size = ""] = cells;
    const plain = path === "" || path.includes("\0") ? undefined : joinPath(location, path);
    if (plain === undefined || plain === "" || cells.length > 3 || !/^\d{0,15}$/.test(size)) {
      if (damaged.length < 100) damaged.push(line);
      continue;
    }
    const sha256 = hash.startsWith("sha256=") ? hexOf(hash.slice("sha256=".length)) : undefined;
    files.push({
      path: plain,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(size === "" ? {} : { size: Number(size) }),
    });
  }
  return { files, damaged };
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** As Python's csv module reads it: cells in quotes may hold commas, line ends, and quotes that are doubled. */
function* rowsOf(text: string): Generator<Row> {
  let line = 1;
  for (let at = 0, rows = 0; at < text.length && rows < MAX_ROWS; rows++) {
    const start = line;
    const cells: string[] = [];
    for (let isOpen = true; isOpen; ) {
      const quoted = text[at] === '"' ? quotedCell(text, at) : undefined;
      // What follows the closing quote belongs to the cell.
      const rest = plainCell(text, quoted?.end ?? at);
      cells.push((quoted?.text ?? "") + rest.text);
      line += quoted?.lines ?? 0;
      at = rest.end;
      isOpen = text[at] === ",";
      if (isOpen) at++;
    }
    while (text[at] === "\r") at++;
    if (text[at] === "\n") {
      at++;
      line++;
    }
    if (cells.length > 1 || cells[0] !== "") yield { line: start, cells };
  }
}

interface Cell {
  readonly text: string;
  readonly end: number;
}

function plainCell(text: string, at: number): Cell {
  let end = at;
  while (end < text.length && text[end] !== "," && text[end] !== "\n" && text[end] !== "\r") end++;
  return { text: text.slice(at, end), end };
}

function quotedCell(text: string, at: number): Cell & { readonly lines: number } {
  let whole = "";
  let end = at + 1;
  for (;;) {
    const quote = text.indexOf('"', end);
    whole += text.slice(end, quote < 0 ? text.length : quote);
    end = quote < 0 ? text.length : quote + 1;
    if (quote < 0 || text[end] !== '"') break;
    whole += '"';
    end++;
  }
  return { text: whole, end, lines: whole.split("\n").length - 1 };
}

/** Of 32 bytes in urlsafe base64 without padding. */
function hexOf(base64: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{43}=?$/.test(base64)) return undefined;
  return Buffer.from(base64, "base64url").toString("hex");
}
