import { markdownCode, markdownText } from "../../base/markdown-text.ts";
import type { HumanPlace } from "./document-form.ts";
import { draftedWith } from "./document-paths.ts";
import type { DocumentSubject } from "./subject.ts";

/** Parts that both kinds of documents have. */

export function quoteNote(note: string): string {
  return note
    .trim()
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}

export function introOf(subject: DocumentSubject, what: string): string {
  const { plan, kind, state } = subject;
  const command = `lapstrake phase draft ${draftedWith(plan, kind, state.phase).id}`;
  return (
    `Phase ${markdownText(state.phase.id)}, ${markdownText(state.phase.title)}: ${what} What stands between the comments "human" is written by people and stays; ` +
    `the rest comes from the plan and the ledger, and ${markdownCode(command)} writes it anew.`
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
