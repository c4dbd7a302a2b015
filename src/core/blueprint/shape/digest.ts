import { parseDigest } from "../../base/digest.ts";
import { leaf } from "./leaf.ts";

export const DigestShape = leaf((text) => {
  const digest = parseDigest(text);
  return digest === undefined ? { expected: "a digest: sha256: and 64 hex digits" } : { value: digest };
}, "a digest: sha256: and 64 hex digits");
