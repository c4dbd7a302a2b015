const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
/** An RSA key of 16,384 bits has nine kilobytes. */
export const LARGEST_DER_KEY = 16 * 1024;

interface Item {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Index behind it. */
  readonly end: number;
}

/**
 * Whether a file is a private key in DER, not encrypted: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, A.1.2) or SEC 1 (RFC 5915). By
 * its structure, not by its name: one SEQUENCE that is the whole file, with the version and members that only keys have.
 */
export function isDerKey(content: Uint8Array): boolean {
  const whole = itemAt(content, 0);
  if (whole?.tag !== SEQUENCE || whole.end !== content.length) return false;
  const items = itemsOf(whole.content);
  const [version, second, third] = items;
  if (version?.tag !== INTEGER || version.content.length !== 1 || second === undefined) return false;
  switch (version.content[0]) {
    case 0:
    case 1:
      return isPkcs8(second, third) || isPkcs1(items) || isSec1(version.content[0], second);
    default:
      return false;
  }
}

/** Which algorithm, and the key in octets. */
function isPkcs8(algorithm: Item, key: Item | undefined): boolean {
  return algorithm.tag === SEQUENCE && algorithm.content[0] === 0x06 && key?.tag === OCTETS;
}

/** Nine numbers, of which the modulus is the largest. */
function isPkcs1(items: readonly Item[]): boolean {
  return (
    items.length >= 9 &&
    items.slice(0, 9).every(({ tag }) => tag === INTEGER) &&
    (items[1]?.content.length ?? 0) >= 64
  );
}

/** Version 1 and the key in octets, as many as its curve has. */
function isSec1(version: number, key: Item): boolean {
  return version === 1 && key.tag === OCTETS && [24, 28, 32, 48, 66].includes(key.content.length);
}

function itemsOf(content: Uint8Array): readonly Item[] {
  const items: Item[] = [];
  for (let at = 0; at < content.length && items.length < 10; ) {
    const item = itemAt(content, at);
    if (item === undefined) return [];
    items.push(item);
    at = item.end;
  }
  return items;
}

/** Tag and length as DER has them: lengths of up to two bytes are enough for a key. */
function itemAt(bytes: Uint8Array, at: number): Item | undefined {
  const [tag, first = 0x80, second = 0, third = 0] = bytes.subarray(at, at + 4);
  if (tag === undefined || first === 0x80 || first > 0x82) return undefined;
  const [length, head] = first < 0x80 ? [first, 2] : first === 0x81 ? [second, 3] : [second * 256 + third, 4];
  const end = at + head + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(at + head, end), end };
}
