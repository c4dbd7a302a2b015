import { z } from "zod";

/** More is no number that Linux gives to a user. */
const MAX_ID = 2 ** 32 - 2;
const PATTERN = /^[1-9][0-9]*:[1-9][0-9]*$/;

const isId = (text: string): boolean => Number(text) <= MAX_ID;

/** UID:GID, never root. */
export const UserShape = z
  .string()
  .refine((text) => PATTERN.test(text) && text.split(":").every(isId), {
    error: "UID:GID as numbers, neither of them 0, such as 10001:10001",
  })
  .default("10001:10001")
  .meta({
    description:
      "Who every image runs as, UID:GID: never root, and one for the whole fleet, so that volumes can be shared.",
    examples: ["1000:1000"],
  });
