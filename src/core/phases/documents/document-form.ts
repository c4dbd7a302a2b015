/** A gate document before it is text: what the machine writes, and the places that are people's. */
export interface DocumentForm {
  readonly title: string;
  /** One paragraph under the title: Markdown. */
  readonly intro: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly id: SectionId;
  readonly heading: string;
  /** Markdown; empty where all of the section is people's. */
  readonly machine: string;
  readonly human?: HumanPlace;
}

export type SectionId =
  | "note"
  | "evidence"
  | "deliverables"
  | "gaps"
  | "risks"
  | "prerequisites"
  | "review"
  | "acceptance"
  | "decision";

/** A place for human judgement. */
export interface HumanPlace {
  readonly id: HumanId;
  /** What is asked for: the rest of "To be written by a person: …". */
  readonly ask: string;
}

export type HumanId = "actions" | "decision" | "kept" | "prerequisites" | "review" | "risks";

/** The sentence that stands in a place until a person writes there. Verification refuses it. */
export function placeholderOf({ ask }: Pick<HumanPlace, "ask">): string {
  return `_${PLACEHOLDER}: ${ask}_`;
}

export const PLACEHOLDER = "To be written by a person";

/** Where words go that have no place of their own any more; only there where it is needed. */
export const KEPT_HEADING = "Kept from earlier drafts";
