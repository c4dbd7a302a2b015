import { z } from "zod";
import { parseDigest } from "../../base/digest.ts";
import { DateShape } from "./date.ts";
import { leaf } from "./leaf.ts";
import { NameShape } from "./name.ts";

const DigestShape = leaf((text) => {
  const digest = parseDigest(text);
  return digest === undefined ? { expected: "a digest: sha256: and 64 hex digits" } : { value: digest };
});

const TextShape = z.string().min(1).max(4096);
/** Nothing has no size, and nothing of that size can be smaller. */
const BytesShape = z.int().min(1);

const EntryShape = z.strictObject({
  compressed: BytesShape,
  unpacked: BytesShape,
  digest: DigestShape,
  repository: TextShape,
  platform: TextShape,
  built: DateShape,
  tool: TextShape,
  from: z.strictObject({
    root: TextShape,
    digest: DigestShape,
    apt: z.array(TextShape),
    requirements: z.array(TextShape),
    folders: z.array(TextShape),
  }),
});

/** `lapstrake.baseline` as it is written. */
export const BaselineShape = z.strictObject({
  version: z.literal(1),
  services: z.record(NameShape, EntryShape),
});
