import { suggest } from "../../base/suggest.ts";
import { isTag } from "../../oci/reference.ts";
import { expandTag, TAG_PLACEHOLDERS } from "../tag.ts";
import { type Leaf, leaf } from "./leaf.ts";

export const TagSchemeShape = leaf(parseTagScheme);

export function parseTagScheme(text: string): Leaf<string> {
  const expected = "a tag with the placeholders {date} and {sha}";
  for (const [, name = ""] of text.matchAll(/\{([^{}]*)\}/g)) {
    if (TAG_PLACEHOLDERS.some((known) => known === name)) continue;
    const near = suggest(name, TAG_PLACEHOLDERS);
    return {
      expected,
      hint: near === undefined ? `{${name}} is no placeholder` : `did you mean {${near}}?`,
    };
  }
  // A tag that two commits share could never be released twice: released tags do not move.
  if (!text.includes("{sha}"))
    return { expected, hint: "without {sha} the next commit would want the same tag" };
  if (isTag(expandTag(text, { date: "20250101", sha: "0".repeat(40) }))) return { value: text };
  return { expected, hint: "tags are at most 128 letters, digits, and . _ -" };
}
