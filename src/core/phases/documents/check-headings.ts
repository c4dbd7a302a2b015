import type { DocumentFinding } from "../phase-state.ts";
import { KEPT_HEADING } from "./document-form.ts";
import { lookOf } from "./look-alike.ts";
import { finding, show, type Verification } from "./verification.ts";

/** All sections are there, once, in order, and no others. */
export function checkHeadings(verification: Verification): readonly DocumentFinding[] {
  const { form, found } = verification;
  const order = [...form.sections.map(({ heading }) => heading), KEPT_HEADING];
  const title = found.parts.find(({ heading }) => heading?.level === 1);
  const seen = new Set<string>();
  let last = -1;
  const findings = found.parts.slice(1).flatMap((part) => {
    if (part === title) return [];
    const { line, heading } = part;
    const text = heading?.text ?? "";
    const at = heading?.level === 2 ? order.indexOf(text) : -1;
    if (at === -1) return [unknownHeading(order, text, line)];
    if (seen.has(text)) return [finding("heading-twice", line, `the heading "${text}" is there twice`)];
    seen.add(text);
    const before = last;
    last = Math.max(last, at);
    if (at > before) return [];
    return [
      finding("heading-order", line, `"${text}" stands behind "${order[before]}", and belongs before it`),
    ];
  });
  return [...findings, ...posingHeadings(verification, order), ...missingHeadings(verification, seen)];
}

/** In a place for people, a heading of the document's own would pass what follows off as the machine's. */
function posingHeadings({ found }: Verification, order: readonly string[]): readonly DocumentFinding[] {
  const looks = new Set(order.map(lookOf));
  return found.parts.flatMap(({ places }) =>
    places.flatMap(({ blocks }) =>
      blocks.flatMap((block) =>
        block.kind === "heading" && block.level <= 2 && looks.has(lookOf(block.text))
          ? [
              finding(
                "heading-twice",
                block.line,
                `"${show(block.text)}" is a heading of the document itself`,
              ),
            ]
          : [],
      ),
    ),
  );
}

function unknownHeading(order: readonly string[], text: string, line: number): DocumentFinding {
  const like = order.find((each) => lookOf(each) === lookOf(text));
  const what = like === undefined ? "is none of this document" : `only looks like "${like}"`;
  return finding("heading-unknown", line, `the heading "${show(text)}" ${what}`);
}

/** Each at the place where it belongs: behind the section before it. */
function missingHeadings(
  { form, found }: Verification,
  seen: ReadonlySet<string>,
): readonly DocumentFinding[] {
  let line = 1;
  return form.sections.flatMap(({ heading }) => {
    if (!seen.has(heading))
      return [finding("heading-missing", line, `the section "## ${heading}" is missing`)];
    line = found.parts.find((part) => part.heading?.text === heading)?.line ?? line;
    return [];
  });
}
