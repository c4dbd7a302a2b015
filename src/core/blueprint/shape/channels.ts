import { z } from "zod";
import { CACHE_TAG, UNPROVEN_TAG } from "../tag-form.ts";
import { type Leaf, leaf } from "./leaf.ts";

const CHANNEL = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;
// Tags that something else of ours moves or keeps.
const TAKEN: ReadonlySet<string> = new Set([CACHE_TAG, UNPROVEN_TAG]);
const MAX_LENGTH = 100;

export const ChannelsShape = z
  .array(leaf(parseChannel))
  .default([])
  .meta({
    description:
      "Tags that `lapstrake promote` moves from release to release. All other tags are never moved.",
    examples: [["stable", "canary"]],
  });

function parseChannel(text: string): Leaf<string> {
  const expected = "the name of a channel, such as stable";
  if (text.length > MAX_LENGTH) return { expected, hint: `at most ${MAX_LENGTH} characters` };
  if (!CHANNEL.test(text))
    return { expected, hint: "lower-case letters and digits with . _ or - between them, a letter first" };
  if (text.endsWith("-prev")) return { expected, hint: "NAME-prev is what the channel NAME held before" };
  return TAKEN.has(text) ? { expected, hint: "this one is reserved" } : { value: text };
}
