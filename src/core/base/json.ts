/** What JSON can hold. `undefined` members of objects are left out, as JSON.stringify does. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * Canonical JSON (RFC 8785 for the values that we use): keys sorted by UTF-16 code units, no white space.
 * Throws a TypeError for numbers that JSON has no form for, since a silent `null` would merge two identities.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`canonical JSON has no form for ${value}`);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const member = value[key];
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
    });
  return `{${members.join(",")}}`;
}

// Array.isArray does not narrow readonly arrays out of a union.
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Whether the text that `value` was just parsed from is its canonical JSON. `canonicalJson` differs from JSON.stringify in
 * the order of keys alone, so a text that comes back unchanged and whose keys are sorted is the canonical one: nothing has
 * to be built anew. False may also mean "not this way": a key such as "10" is moved by JavaScript itself.
 */
export function isCanonicalText(text: string, value: Json): boolean {
  return isSorted(value) && JSON.stringify(value) === text;
}

function isSorted(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (isArray(value)) return value.every(isSorted);
  let before: string | undefined;
  for (const key in value) {
    if ((before !== undefined && before >= key) || !isSorted(value[key])) return false;
    before = key;
  }
  return true;
}
