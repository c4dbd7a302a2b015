import { digestOf } from "../../../base/digest.ts";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TOKEN = 36;

/**
 * A token in the form that GitHub gives to personal ones, and nobody's: it is made of a nonce when it is asked for, and its
 * last six letters, which GitHub's own have as a checksum, are as good as any.
 */
export function plantedToken(nonce: string): string {
  const letters = Array.from(plantedNoise(`token ${nonce}`, TOKEN), (byte) =>
    LETTERS.charAt(byte % LETTERS.length),
  );
  return `ghp_${letters.join("")}`;
}

/** Bytes that no compression makes smaller, the same for a nonce. */
export function plantedNoise(nonce: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const hex = digestOf(`${at} ${nonce}`).slice("sha256:".length);
    for (let index = 0; index < 32 && at + index < length; index++)
      bytes[at + index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
