import { markdownCode, markdownText } from "../../base/markdown-text.ts";
import type { HumanPlace } from "./document-form.ts";
import { type DocumentSubject, draftCommand } from "./subject.ts";

/** Parts that both kinds of documents have. */

/** Verbatim: only blanks of ASCII at the ends of lines go, as other blanks are characters like any. */
export function quoteNote(note: string): string {
  const lines = note.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "").split(/\r\n|\r|\n/);
  return lines.map((line) => `> ${line}`.replace(/[ \t]+$/, "")).join("\n");
}

export function introOf(subject: DocumentSubject, what: string): string {
  const { phase } = subject.state;
  return (
    `Phase ${markdownText(phase.id)}, ${markdownText(phase.title)}: ${what} What stands between the comments "human" is written by people and stays; ` +
    `the rest comes from the plan and the ledger, and ${markdownCode(draftCommand(subject))} writes it anew.`
  );
}

export function listOf(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.map((item) => `- ${item}`).join("\n");
}

/** `D1: what it is`: the number is what a decision may name. */
export function deliverablesOf({ state }: DocumentSubject): readonly string[] {
  return state.phase.deliverables.map((text, index) => `D${index + 1}: ${markdownText(text)}`);
}

/** Asks for a decision in the form that verification reads. */
export function decisionPlace(ask: string): HumanPlace {
  return {
    id: "decision",
    ask: `\`Decision: approved\` or \`Decision: not approved\` on a line of its own, then ${ask}`,
  };
}
