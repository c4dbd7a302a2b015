import { z } from "zod";

/** What a piece of text stands for, or what should have stood there instead. */
export type Leaf<T> = { readonly value: T } | { readonly expected: string; readonly hint?: string };

/**
 * A text value that `read` turns into something typed; what it refuses becomes one problem with its hint.
 * `expected` is said of values that are no text at all.
 */
export function leaf<T>(read: (text: string) => Leaf<T>, expected?: string) {
  return z.string(expected === undefined ? {} : { error: () => expected }).transform((text, context): T => {
    const result = read(text);
    if ("value" in result) return result.value;
    context.addIssue({ code: "custom", message: result.expected, params: { hint: result.hint } });
    return z.NEVER;
  });
}

/** A text value of one form. `expected` completes the sentence "expected ...". */
export function pattern(form: RegExp, expected: string) {
  return z.string().max(256, { error: "at most 256 characters" }).regex(form, { error: expected });
}
