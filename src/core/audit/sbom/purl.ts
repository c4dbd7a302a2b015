/** A package URL (ECMA-427) in canonical form: qualifiers sorted, empty ones left out. */
export function purl({
  type,
  namespace,
  name,
  version,
  qualifiers = {},
}: {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}): string {
  const path = namespace === undefined ? encode(name) : `${encode(namespace)}/${encode(name)}`;
  const query = Object.entries(qualifiers)
    .flatMap(([key, value]) => (value === undefined || value === "" ? [] : [`${key}=${encode(value)}`]))
    .sort()
    .join("&");
  return `pkg:${type}/${path}${version === undefined ? "" : `@${encode(version)}`}${query && `?${query}`}`;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Letters, digits, `.-_~` and the colon stand as they are. */
function encode(text: string): string {
  // There and back: half a surrogate pair has no form in UTF-8, and would be an error.
  return encodeURIComponent(DECODER.decode(ENCODER.encode(text)))
    .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");
}
