import type { VersionOperator } from "./package-database.ts";

/** `epoch:upstream-revision`. */
export interface DebianVersion {
  readonly epoch: number;
  /** One character a byte, as dpkg compares them. */
  readonly upstream: string;
  /** Empty where there is none. */
  readonly revision: string;
}

const MAX_EPOCH = 2_147_483_647;

/**
 * Takes a version apart as dpkg does (lib/dpkg/parsehelp.c); undefined for what dpkg refuses. What it only warns of, as
 * characters that no version should have, is read: such versions exist and have an order.
 */
export function parseDebianVersion(text: string): DebianVersion | undefined {
  const trimmed = bytesAsText(withoutBlanks(text));
  if (trimmed === "" || /[ \t\0]/.test(trimmed)) return undefined;
  const colon = trimmed.indexOf(":");
  const epoch = colon < 0 ? 0 : epochOf(trimmed.slice(0, colon));
  const rest = trimmed.slice(colon + 1);
  if (epoch === undefined || rest === "") return undefined;
  const hyphen = rest.lastIndexOf("-");
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? "" : rest.slice(hyphen + 1);
  if (upstream === "" || (hyphen >= 0 && revision === "")) return undefined;
  return { epoch, upstream, revision };
}

function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** As strtol(3) reads it: white space and a sign may stand before. */
function epochOf(text: string): number | undefined {
  const digits = /^[\n\v\f\r]*([+-]?)([0-9]+)$/.exec(text);
  if (digits === null) return undefined;
  const value = Number(digits[2]);
  if (value > MAX_EPOCH || (digits[1] === "-" && value > 0)) return undefined;
  return value;
}

/** Negative, 0 or positive, in the order that dpkg and apt install by. `~` is before the end, letters before the rest. */
export function compareDebianVersions(a: DebianVersion, b: DebianVersion): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision);
}

/** Undefined where one of the two is no version. */
export function satisfies(
  version: string,
  wanted: { readonly operator: VersionOperator; readonly version: string },
): boolean | undefined {
  const a = parseDebianVersion(version);
  const b = parseDebianVersion(wanted.version);
  if (a === undefined || b === undefined) return undefined;
  const order = compareDebianVersions(a, b);
  switch (wanted.operator) {
    case "<<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">>":
      return order > 0;
  }
}

/** Text and digits in turn; digits by their value, however many there are, so never as numbers. */
function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const order = weight(a.charCodeAt(i)) - weight(b.charCodeAt(j));
      if (order !== 0) return order;
      i++;
      j++;
    }
    while (a.charCodeAt(i) === ZERO) i++;
    while (b.charCodeAt(j) === ZERO) j++;
    let first = 0;
    while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a.charCodeAt(i))) return 1;
    if (isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

const ZERO = 0x30;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

/** NaN is past the end, which weighs as a digit does. Bytes above ASCII are negative where dpkg was compiled: they stay below the other signs. */
function weight(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) return 0;
  if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) return code;
  if (code === 0x7e) return -1;
  return code >= 0x80 ? code : code + 256;
}

function bytesAsText(text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) >= 0x80)
      return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  }
  return text;
}
