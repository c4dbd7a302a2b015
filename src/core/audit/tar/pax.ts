import { invalid } from "./header.ts";
import { nameText } from "./text.ts";

/** Extension records of one entry, by key (POSIX pax interchange format). */
export type PaxRecords = ReadonlyMap<string, string>;

const SPACE = 0x20;
const LINE_FEED = 0x0a;

/** `LENGTH KEY=VALUE\n` again and again; the length counts the whole record. Throws TAR_INVALID. */
export function parsePax(bytes: Uint8Array): PaxRecords {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(SPACE, at);
    const digits = space < 0 ? "" : nameText(bytes.subarray(at, Math.min(space, at + 20)));
    const length = /^[1-9]\d{0,9}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (end > bytes.length || end <= space + 1 || bytes[end - 1] !== LINE_FEED)
      throw invalid("an extension record is not as long as it says");
    const record = nameText(bytes.subarray(space + 1, end - 1));
    const equals = record.indexOf("=");
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (equals <= 0 || (NAMES.has(key) && value.includes("\0")))
      throw invalid("an extension record is no KEY=VALUE");
    // An empty value takes the key away, and the header counts again.
    if (value === "") records.delete(key);
    else records.set(key, value);
    at = end;
  }
  return records;
}

const NAMES = new Set(["path", "linkpath", "uname", "gname"]);

/** A whole number of a record; undefined where the key is not there. Throws TAR_INVALID. */
export function paxNumber(records: PaxRecords, key: string): number | undefined {
  const text = records.get(key);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
    throw invalid(`an extension record has no number as ${key}`);
  return value;
}
