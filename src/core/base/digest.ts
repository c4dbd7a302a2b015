import { type Hash, hash } from "node:crypto";

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hex digits, as the OCI image specification writes it. */
export type Digest = string & { readonly [digestBrand]: true };

const PATTERN = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return PATTERN.test(text);
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

/** The bare hash, where 32 bytes are wanted and not their name. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/** The 32 bytes of a digest. */
export function digestBytes(digest: Digest): Uint8Array {
  return Buffer.from(digest.slice("sha256:".length), "hex");
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
  return digest.slice("sha256:".length, "sha256:".length + length);
}
