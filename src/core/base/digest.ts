import { type Hash, hash } from "node:crypto";

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hex digits, as the OCI image specification writes it. */
export type Digest = string & { readonly [digestBrand]: true };

const PREFIX = "sha256:";
const LENGTH = PREFIX.length + 64;

/** Letter by letter: a ledger has millions of them, and a pattern takes twice as long. */
export function isDigest(text: string): text is Digest {
  if (text.length !== LENGTH || !text.startsWith(PREFIX)) return false;
  for (let at = PREFIX.length; at < LENGTH; at++) {
    const unit = text.charCodeAt(at);
    const isHex = (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66);
    if (!isHex) return false;
  }
  return true;
}

/** The digest, or undefined where the text is none (only sha256 is accepted). */
export function parseDigest(text: string): Digest | undefined {
  return isDigest(text) ? text : undefined;
}

export function digestOf(data: string | Uint8Array): Digest {
  return fromHex(hash("sha256", data, "hex"));
}

/** Turns a running sha256 into a digest; the hash must not be used afterwards. */
export function finishDigest(hash: Hash): Digest {
  return fromHex(hash.digest("hex"));
}

/** Puts the 32 bytes of a digest into others. */
export function writeDigest(digest: Digest, into: Buffer, at: number): void {
  into.write(digest.slice(PREFIX.length), at, 32, "hex");
}

/** The digest of these 32 bytes: the other way round. */
export function digestFrom(bytes: Uint8Array): Digest {
  return fromHex(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex"));
}

function fromHex(hex: string): Digest {
  // The cast is the definition of the brand: this is the one place that makes a digest of bytes.
  return `sha256:${hex}` as Digest;
}

/** The first `length` hex digits, for people. */
export function shortDigest(digest: Digest, length = 12): string {
  return digest.slice(PREFIX.length, PREFIX.length + length);
}
