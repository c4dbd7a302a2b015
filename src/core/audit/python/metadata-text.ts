/** Header fields of a METADATA or PKG-INFO file (core metadata specification): names in lower case, values in order. */
export type MetadataFields = ReadonlyMap<string, readonly string[]>;

const MAX_FIELDS = 50_000;

/** Reads up to the empty line that begins the description. Lines that begin with white space go on with the one before. */
export function readMetadata(text: string): MetadataFields {
  const fields = new Map<string, string[]>();
  let last: string[] | undefined;
  let count = 0;
  for (const line of linesOf(text)) {
    if (line === "") break;
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last.push(`${last.pop() ?? ""}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0 || ++count > MAX_FIELDS) continue;
    const name = line.slice(0, colon).toLowerCase();
    last = fields.get(name) ?? [];
    fields.set(name, last);
    last.push(line.slice(colon + 1).trim());
  }
  return fields;
}

/** Without their ends; `\r\n` ends one as well. Not `split`: a text of line ends alone would make millions of texts at once. */
export function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, text.charCodeAt(end - 1) === 0x0d && end > at ? end - 1 : end);
    at = end + 1;
  }
}
