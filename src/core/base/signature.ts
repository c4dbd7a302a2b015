import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type Digest, digestOf } from "./digest.ts";

/** An ed25519 public key as base64 of its SubjectPublicKeyInfo (RFC 8410), which openssl reads as well. */
export interface PublicKey {
  /** The sha256 of those bytes: the name of the key. */
  readonly id: Digest;
  readonly spki: string;
}

/** The bytes of an SPKI before the 32 bytes of an ed25519 key: sequence, algorithm 1.3.101.112, bit string. */
const SPKI_HEAD = "302a300506032b6570032100";

/** The key in this text, or undefined where it is no ed25519 key in its one form. */
export function parsePublicKey(spki: string): PublicKey | undefined {
  const bytes = decoded(spki, 44);
  if (bytes?.toString("hex").startsWith(SPKI_HEAD) !== true) return undefined;
  return { id: digestOf(bytes), spki };
}

/** The public half of a private key in PEM. Throws what node:crypto throws for a text that is none. */
export function publicKeyOf(pem: string): PublicKey {
  const bytes = createPublicKey(privateKey(pem)).export({ type: "spki", format: "der" });
  return { id: digestOf(bytes), spki: bytes.toString("base64") };
}

/** An ed25519 signature in base64: same key, same text, same signature. */
export function signText(pem: string, text: string): string {
  return sign(null, Buffer.from(text), privateKey(pem)).toString("base64");
}

/** Whether this key signed this text. A signature in another spelling of base64 counts as wrong. */
export function isSignedBy(key: PublicKey, text: string, signature: string): boolean {
  const bytes = decoded(signature, 64);
  if (bytes === undefined) return false;
  const der = Buffer.from(key.spki, "base64");
  return verify(null, Buffer.from(text), createPublicKey({ key: der, type: "spki", format: "der" }), bytes);
}

function privateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== "ed25519")
    throw new TypeError(`expected an ed25519 key, found ${key.asymmetricKeyType ?? "another"}`);
  return key;
}

/** Base64 has several texts for the same bytes; only the usual one is taken, so that a flipped bit is never the same. */
function decoded(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length && bytes.toString("base64") === text ? bytes : undefined;
}
