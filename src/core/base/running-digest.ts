import { createHash } from "node:crypto";
import { type Digest, finishDigest } from "./digest.ts";

/** The digest of what comes in pieces. */
export interface RunningDigest {
  add(piece: Uint8Array): void;
  /** Nothing may be added afterwards. */
  finish(): Digest;
}

export function createRunningDigest(): RunningDigest {
  const hash = createHash("sha256");
  return { add: (piece) => void hash.update(piece), finish: () => finishDigest(hash) };
}
