/** strconv.ParseBool; undefined for what it refuses. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}

/** strconv.ParseUint of 32 bits: digits of the base only. */
export function parseUint32(text: string, base: 8 | 10): number | undefined {
  if (!(base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) return undefined;
  const value = Number.parseInt(text, base);
  return value <= 0xff_ff_ff_ff ? value : undefined;
}

/** strconv.Atoi: a sign is allowed. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "\u00b5s": 1e-3,
  "\u03bcs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** time.ParseDuration, in milliseconds; undefined for what it refuses. */
export function parseDuration(text: string): number | undefined {
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  if (body === "") return undefined;
  let total = 0;
  const part = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
  while (part.lastIndex < body.length) {
    const match = part.exec(body);
    if (match === null) return undefined;
    total += Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0);
  }
  // Go counts nanoseconds in 63 bits.
  if (total > 9_223_372_036_854) return undefined;
  return text.startsWith("-") ? -total : total;
}

/** units.RAMInBytes as far as it can refuse; whether `text` is a size such as `64m` or `1.5 GiB`. */
export function isByteSize(text: string): boolean {
  return /^\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+) ?(?:b|[kmgtp](?:i?b)?)?$/i.test(text);
}

/** Fields of one line of CSV (RFC 4180 quotes); undefined for a stray quote or an empty line. */
export function parseCsvFields(line: string): readonly string[] | undefined {
  const source = line.replace(/\r?\n$/, "");
  if (source === "") return undefined;
  const fields: string[] = [];
  for (let position = 0; ; ) {
    const field =
      source.charAt(position) === '"' ? quotedField(source, position) : bareField(source, position);
    if (field === undefined) return undefined;
    fields.push(field.value);
    if (field.end >= source.length) return fields;
    position = field.end + 1;
    if (position === source.length) return [...fields, ""];
  }
}

function bareField(source: string, start: number): { value: string; end: number } | undefined {
  const comma = source.indexOf(",", start);
  const end = comma < 0 ? source.length : comma;
  const value = source.slice(start, end);
  return value.includes('"') ? undefined : { value, end };
}

function quotedField(source: string, start: number): { value: string; end: number } | undefined {
  let value = "";
  for (let position = start + 1; ; ) {
    const quote = source.indexOf('"', position);
    if (quote < 0) return undefined;
    value += source.slice(position, quote);
    const next = source.charAt(quote + 1);
    if (next === "" || next === ",") return { value, end: quote + 1 };
    if (next !== '"') return undefined;
    value += '"';
    position = quote + 2;
  }
}
