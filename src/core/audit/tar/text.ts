const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes of a name as text; what is no UTF-8 is spelt out (`\xff`), so that two names never become one. */
export function nameText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return [...bytes]
      .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
      .join("");
  }
}

/** The bytes up to the first zero. */
export function untilZero(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
