import { htmlText } from "./html-page.ts";
import { printable } from "./printable.ts";
import { fit } from "./progress-text.ts";
import { OUTCOME_MARK, OUTCOME_MEANING, type ShownOutcome } from "./scan-outcome.ts";
import { pageText } from "./scan-page-text.ts";

/** Longer than any sentence of ours; what somebody else wrote may be of any length. */
const LONGEST = 600;

/** Text of images, advisories and files as a page shows it, also within an attribute. */
export function shown(text: string): string {
  return htmlText(printable(fit(text.replaceAll(/\s+/g, " ").trim(), LONGEST)));
}

/** A sign and a word: colour alone says nothing to who cannot see it, or prints the page. */
export function markOf(outcome: ShownOutcome, word: string = outcome): string {
  return `<mark class="${outcome}" title="${OUTCOME_MEANING[outcome]}"><i aria-hidden="true">${OUTCOME_MARK[outcome]}</i> ${htmlText(word)}</mark>`;
}

export interface Column {
  readonly title: string;
  readonly kind?: "number" | "name" | "wide";
}

/** Rows of HTML; on a small screen each cell says its column. */
export function tableHtml(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map(({ title, kind }) => `<th scope="col"${classOf(kind)}>${title}</th>`).join("");
  const lines = rows.map(
    (cells) =>
      `<tr>${cells.map((cell, at) => `<td data-label="${columns[at]?.title ?? ""}"${classOf(columns[at]?.kind)}>${cell}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll"><table class="stack"><thead><tr>${heads}</tr></thead><tbody>\n${lines.join("\n")}\n</tbody></table></div>\n`;
}

function classOf(kind: Column["kind"]): string {
  return kind === undefined ? "" : ` class="${kind}"`;
}

/** An address of the table of findings, filtered. */
export function findingsHref(filter: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) query.set(key, pageText(value));
  return htmlText(`#findings?${query.toString()}`);
}
