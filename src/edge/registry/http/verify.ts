import { createHash } from "node:crypto";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { RegistryError } from "../error.ts";

export interface Expected {
  readonly digest: Digest;
  readonly size: number;
}

/** Checks bytes as they pass: never more than the promised size, and at the end exactly it, and its digest. */
export interface Verifier {
  /** Bytes seen so far. */
  readonly seen: number;
  add(part: Uint8Array): void;
  finish(): void;
}

export function createVerifier(expected: Expected, where: string): Verifier {
  const hash = createHash("sha256");
  let seen = 0;
  const wrongSize = (): RegistryError =>
    new RegistryError(
      "REGISTRY_SIZE_MISMATCH",
      `${where} gave ${seen} bytes for ${expected.digest}, which has ${expected.size}`,
    );
  return {
    get seen() {
      return seen;
    },
    add(part) {
      seen += part.byteLength;
      // At once, not at the end: a body without end must not fill a disk first.
      if (seen > expected.size) throw wrongSize();
      hash.update(part);
    },
    finish() {
      if (seen !== expected.size) throw wrongSize();
      const digest = finishDigest(hash);
      if (digest !== expected.digest) throw digestMismatch(where, expected.digest, digest);
    },
  };
}

export function digestMismatch(where: string, wanted: Digest, found: string): RegistryError {
  return new RegistryError(
    "REGISTRY_DIGEST_MISMATCH",
    `${where} gave content with the digest ${found.slice(0, 100)} where ${wanted} was expected`,
    { details: { wanted, found } },
  );
}
