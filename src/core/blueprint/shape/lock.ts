import { z } from "zod";
import { DigestShape } from "./digest.ts";
import { NameShape } from "./name.ts";

const TextShape = z.string().min(1).max(4096);

const PinnedShape = z.strictObject({
  image: TextShape,
  source: z.enum(["registry", "mirror", "bootstrap"]),
  from: TextShape,
  digest: DigestShape,
  platforms: z.record(TextShape, DigestShape).exactOptional(),
  created: z.int().min(0),
  packages: z.record(TextShape, TextShape).exactOptional(),
});

const UnavailableShape = z.strictObject({ unavailable: TextShape });

/** `lapstrake.lock` as it is written. */
export const LockShape = z.strictObject({
  version: z.literal(1),
  roots: z.record(NameShape, z.union([PinnedShape, UnavailableShape])),
  index: z.strictObject({
    apt: z.strictObject({ suites: z.record(TextShape, DigestShape), digest: DigestShape }).exactOptional(),
  }),
});
