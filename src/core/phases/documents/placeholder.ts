import { PLACEHOLDER } from "./document-form.ts";
import { lookOf } from "./look-alike.ts";

const ASKED = lookOf(PLACEHOLDER).toLowerCase();

/** Words that stand where a text is still to come. Capitals only, since "todo" is a word like any. */
const LEFT = /\b(?:TODO|TBD|TBC|FIXME|XXX)\b|\blorem ipsum\b/;

/** `<outline actions>`: a template's angle brackets, which a page swallows as a tag. Addresses are none. */
const BRACKETS = /<(?!https?:|mailto:)\/?[A-Za-z][^<>]{0,200}>/;

/** Whether a line is what a template has in the place of a person's words. */
export function isPlaceholder(text: string): boolean {
  return placeholderIn(text) !== undefined;
}

/** What of a line is a template's: to be shown. */
export function placeholderIn(text: string): string | undefined {
  if (lookOf(text).toLowerCase().includes(ASKED)) return PLACEHOLDER;
  return LEFT.exec(text)?.[0] ?? BRACKETS.exec(text)?.[0];
}
