import type { Digest } from "../../base/digest.ts";
import type { Entry } from "../../record/entry.ts";
import type { DocumentFinding } from "../phase-state.ts";
import type { ArrangedDocument, Part, Place } from "./arrange.ts";
import type { DocumentForm, HumanId } from "./document-form.ts";
import type { DocumentSubject } from "./subject.ts";

export interface OtherDocument {
  readonly path: string;
  readonly source: string | Uint8Array;
}

/** What a document is held against. */
export interface VerifyContext {
  readonly subject: DocumentSubject;
  /** The entry of the ledger that has this hash, of whatever kind. */
  readonly entry: (hash: Digest) => Entry | undefined;
  /** The other gate documents that there are, of any phase: nobody's judgement is copied from them. */
  readonly others: readonly OtherDocument[];
}

/** One document in the course of being verified. */
export interface Verification extends VerifyContext {
  readonly form: DocumentForm;
  /** What would be drafted now. */
  readonly expected: ArrangedDocument;
  readonly found: ArrangedDocument;
  readonly lines: readonly string[];
}

export function partOf({ parts }: ArrangedDocument, heading: string): Part | undefined {
  return parts.find((part) => part.heading?.text === heading);
}

export function placeOf({ parts }: ArrangedDocument, id: HumanId): Place | undefined {
  return parts.flatMap(({ places }) => places).find((place) => place.id === id);
}

export function finding(rule: string, line: number, message: string, hint?: string): DocumentFinding {
  return { rule, line, message, ...(hint === undefined ? {} : { hint }) };
}

const SHOWN = 120;

/** A text of a document as a message shows it. */
export function show(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}…`;
}
