import { resolve } from "node:path";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import type { Phase, PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { draftDocument, type MovedText } from "../../core/phases/documents/draft-document.ts";
import { DocumentError } from "../../core/phases/documents/error.ts";
import type { DocumentKind, ProvenPhase } from "../../core/phases/documents/subject.ts";
import type { WorkingTree } from "../../edge/tree/port.ts";
import type { World } from "../world.ts";

/** All that drafting does to the world. Paths are relative to the blueprint's folder. */
export interface DocumentFiles {
  /** Undefined where there is no file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** As a whole, or not at all; makes the folders. */
  write(path: string, text: string): Promise<void>;
}

export function documentFiles(
  world: Pick<World, "writeFile">,
  tree: Pick<WorkingTree, "root" | "read">,
): DocumentFiles {
  return {
    read: (path) => tree.read(path),
    write: (path, text) => world.writeFile(resolve(tree.root, path), text),
  };
}

export interface DraftAsk {
  readonly plan: PhasePlan;
  /** Those of one gate: `gateDocuments(plan, phase)`. */
  readonly documents: readonly {
    readonly kind: DocumentKind;
    /** The phase that it is about. */
    readonly phase: Phase;
    readonly path: string;
  }[];
  /** Of the phases that the documents are about; a phase without one has no rules. */
  readonly states: readonly ProvenPhase[];
}

export interface DraftedDocument {
  readonly kind: DocumentKind;
  /** The id of the phase that it is about. */
  readonly phase: string;
  readonly path: string;
  readonly outcome: "written" | "renewed" | "unchanged";
  /** Of the bytes that stand there now. */
  readonly digest: Digest;
  /** Words of people that had no place any more; they are at the end of the document. */
  readonly moved: readonly MovedText[];
}

/**
 * Writes the documents of a gate. All are drafted before the first is written, so that one which cannot be read leaves
 * the others as they were. Throws DocumentError DOCUMENT_UNREADABLE, and what the ports throw.
 */
export async function draftDocuments(
  files: DocumentFiles,
  { plan, documents, states }: DraftAsk,
): Promise<readonly DraftedDocument[]> {
  const drafts = await Promise.all(
    documents.map(async ({ kind, phase, path }) => {
      const state = states.find((each) => each.phase.id === phase.id) ?? { phase, rules: [] };
      const existing = await files.read(path);
      const draft = named(path, () => draftDocument({ plan, kind, state }, existing));
      return { kind, phase: phase.id, path, existing, ...draft };
    }),
  );
  const written: DraftedDocument[] = [];
  for (const { text, existing, ...draft } of drafts) {
    const digest = digestOf(text);
    const isSame = existing !== undefined && digestOf(existing) === digest;
    if (!isSame) await files.write(draft.path, text);
    const outcome = isSame ? "unchanged" : existing === undefined ? "written" : "renewed";
    written.push({ ...draft, outcome, digest });
  }
  return written;
}

/** The error of a document with the path of it. */
function named<Result>(path: string, draft: () => Result): Result {
  try {
    return draft();
  } catch (thrown) {
    if (!(thrown instanceof DocumentError)) throw thrown;
    throw new DocumentError(thrown.code, `${path}: ${thrown.message}`, {
      cause: thrown,
      details: { path },
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    });
  }
}
