import { AuditError } from "../error.ts";

/** A JSON object as it came from outside: every member has still to be asked what it is. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** With all files of an image with CUDA and torch, ours has 8 MB and 160,000 objects and lists. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PARTS = 2_000_000;
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * An SBOM's document as JSON. How deep it nests and of how many values it consists is counted before it is parsed: a text
 * of brackets or commas would take a hundred times its size in memory. Throws AuditError SBOM_INVALID.
 */
export function parseSbomJson(bytes: Uint8Array): JsonObject {
  if (bytes.length > MAX_BYTES)
    throw sbomInvalid("", `has ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
  countParts(bytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AuditError("SBOM_INVALID", "the SBOM is no JSON in UTF-8", { cause });
  }
  return asObject(value, "");
}

function countParts(bytes: Uint8Array): void {
  let [depth, parts, at] = [0, 0, 0];
  // By index: this runs for each byte.
  for (; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfWord(bytes, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++;
        parts++;
        if (depth > MAX_DEPTH) throw sbomInvalid("", `nests deeper than ${MAX_DEPTH}, at byte ${at}`);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
      case COMMA:
        parts++;
        break;
      default:
    }
    if (parts > MAX_PARTS) throw sbomInvalid("", `has more than ${MAX_PARTS} values`);
  }
}

/** Index of the quote that closes a word. */
function endOfWord(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at;
}

export function asObject(value: unknown, at: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw sbomInvalid(at, "must be an object");
  // typeof and the two exclusions above leave exactly the JSON objects.
  return value as JsonObject;
}

/** A member that is not there, or null, is an empty list. */
export function asList(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw sbomInvalid(at, "must be a list");
  return value;
}

export function asText(value: unknown, at: string): string {
  if (typeof value !== "string") throw sbomInvalid(at, "must be a string");
  return value;
}

export function asOptionalText(value: unknown, at: string): string | undefined {
  return value === undefined || value === null ? undefined : asText(value, at);
}

/** `at` is a JSON pointer (RFC 6901) into the document; empty for the document itself. */
export function sbomInvalid(at: string, why: string): AuditError {
  return new AuditError("SBOM_INVALID", `${at === "" ? "the SBOM" : `${at} of the SBOM`} ${why}`);
}
