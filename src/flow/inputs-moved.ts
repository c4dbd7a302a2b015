import { type IdentityDocument, identityOf } from "../core/graph/identity.ts";
import { diffIdentity, formatReason } from "../core/plan/reason.ts";
import { type Identified, identify, type Subject } from "../core/plan/trace.ts";
import { type Fleet, resolveOptions } from "./load-fleet.ts";
import { createParser } from "./parser.ts";
import { readSubject } from "./prepare.ts";

export interface MovedQuestion {
  readonly fleet: Fleet;
  readonly subject: Subject;
  readonly identified: Identified;
  readonly signal: AbortSignal;
}

/**
 * What changed in the Dockerfile and the files of an image since its identity was computed, in words; undefined where
 * nothing did. The builder reads the work tree by itself and later: a file saved in between would stand for good under
 * the name of the content that it replaced.
 */
export async function inputsMoved(question: MovedQuestion): Promise<string | undefined> {
  const { identified } = question;
  const now = await readAgain(question);
  if (now === undefined) return `${question.subject.node.declared.dockerfile} is gone`;
  if (identityOf(now) === identified.id) return undefined;
  const [first, ...more] = diffIdentity(identified.document, now).map(formatReason);
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

async function readAgain({
  fleet,
  subject,
  identified,
  signal,
}: MovedQuestion): Promise<IdentityDocument | undefined> {
  const { declared } = subject.node;
  const bytes = await fleet.tree.read(declared.dockerfile);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const dockerfile = await parser.dockerfile(
    text,
    declared.dockerfile,
    resolveOptions(fleet.blueprint, declared),
  );
  const read = await readSubject(fleet, { ...subject.node, dockerfile }, signal);
  return identify(read, identified.document.parents).document;
}

const parser = createParser({ get: () => undefined, set: () => {}, save: () => Promise.resolve() });
