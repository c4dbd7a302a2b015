import { AuditError } from "../error.ts";

/** Fields by name in lower case; of values over several lines each line but the first has lost its first space. */
export type Stanza = ReadonlyMap<string, string>;

/** Debian itself has some seventy thousand packages; an image has some hundred. */
const MAX_STANZAS = 200_000;
const MAX_LINES = 20_000_000;

/**
 * The stanzas of a control file (deb822(5)), one after the other. Throws AuditError DPKG_INVALID with file and line where a
 * line is neither a field nor goes on with one.
 */
export function* readStanzas(text: string, file: string): Generator<Stanza> {
  let stanza = new Map<string, string>();
  let last: string | undefined;
  let count = 0;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    const row = text.slice(at, text[end - 1] === "\r" && end > at ? end - 1 : end);
    at = end + 1;
    if (++line > MAX_LINES) throw flaw(file, line, "has more lines than any");
    if (row.trim() === "") {
      if (stanza.size > 0) yield stanza;
      if (stanza.size > 0 && ++count > MAX_STANZAS) throw flaw(file, line, "has more stanzas than any");
      stanza = new Map();
      last = undefined;
    } else if (row.startsWith(" ") || row.startsWith("\t")) {
      if (last === undefined) throw flaw(file, line, "goes on with a field, and there is none before");
      stanza.set(last, `${stanza.get(last) ?? ""}\n${row.slice(1)}`);
    } else if (!row.startsWith("#")) {
      const colon = row.indexOf(":");
      if (colon <= 0) throw flaw(file, line, "has no field");
      last = row.slice(0, colon).trim().toLowerCase();
      stanza.set(last, row.slice(colon + 1).trim());
    }
  }
  if (stanza.size > 0) yield stanza;
}

function flaw(file: string, line: number, what: string): AuditError {
  return new AuditError("DPKG_INVALID", `/${file}, line ${line}, ${what}`, { at: { file, line, column: 1 } });
}
