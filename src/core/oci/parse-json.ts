import { OciError, type OciErrorCode } from "./error.ts";

/** A JSON object as it came from outside: every member has still to be asked what it is. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a reader of outside JSON is doing, so that each error can say where it was. */
export interface Reading {
  readonly code: OciErrorCode;
  /** What is read, for people: "manifest", "image config". */
  readonly what: string;
}

/** Decodes UTF-8 JSON of at most `limit` bytes that must be an object. */
export function parseJsonObject(bytes: Uint8Array, limit: number, reading: Reading): JsonObject {
  return asObject(parseJson(bytes, limit, reading), reading, "");
}

/**
 * Decodes UTF-8 JSON of at most `limit` bytes. JSON.parse builds its value without recursion, and readers look only at
 * members they know, so nesting depth needs no limit of its own.
 */
export function parseJson(bytes: Uint8Array, limit: number, reading: Reading): unknown {
  if (bytes.byteLength > limit) {
    throw fault(reading, "", `has ${bytes.byteLength} bytes; at most ${limit} are read`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new OciError(reading.code, `the ${reading.what} is no JSON in UTF-8`, { cause });
  }
}

export function asObject(value: unknown, reading: Reading, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw fault(reading, path, "must be an object");
  }
  // typeof and the two exclusions above leave exactly the JSON objects.
  return value as JsonObject;
}

/** Null counts as absent: Go writes nil slices that way. */
export function asList(value: unknown, reading: Reading, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw fault(reading, path, "must be a list");
  return value;
}

export function asText(value: unknown, reading: Reading, path: string): string {
  if (typeof value !== "string") throw fault(reading, path, "must be a string");
  return value;
}

export function asOptionalText(value: unknown, reading: Reading, path: string): string | undefined {
  return value === undefined || value === null ? undefined : asText(value, reading, path);
}

/** A map of strings (annotations, labels), or undefined where there is none. */
export function asTextMap(
  value: unknown,
  reading: Reading,
  path: string,
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  const entries = Object.entries(asObject(value, reading, path));
  return Object.fromEntries(entries.map(([key, text]) => [key, asText(text, reading, `${path}.${key}`)]));
}

export function fault(reading: Reading, path: string, why: string): OciError {
  const where = path === "" ? `the ${reading.what}` : `${path} of the ${reading.what}`;
  return new OciError(reading.code, `${where.slice(0, 300)} ${why}`);
}
