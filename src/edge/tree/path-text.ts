const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a file name, or undefined where its bytes are no UTF-8. */
export function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes as printable text: everything outside ASCII and every control character as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, "0")}`,
  ).join("");
}
