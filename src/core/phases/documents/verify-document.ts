import type { DocumentFinding } from "../phase-state.ts";
import { arrange } from "./arrange.ts";
import { checkDecision } from "./check-decision.ts";
import { checkHeadings } from "./check-headings.ts";
import { checkHuman } from "./check-human.ts";
import { checkMachine } from "./check-machine.ts";
import { checkNote } from "./check-note.ts";
import { checkTicks } from "./check-ticks.ts";
import { checkTitle } from "./check-title.ts";
import { draftDocument, formOf } from "./draft-document.ts";
import { saidIn } from "./human-text.ts";
import { placeholderIn } from "./placeholder.ts";
import { readMarkdown } from "./read-markdown.ts";
import { draftCommand } from "./subject.ts";
import { finding, partOf, show, type Verification, type VerifyContext } from "./verification.ts";

/** As many findings as anybody reads. */
const SHOWN = 100;

/**
 * What is wrong with a gate document, by line; none: it is about this phase, says what plan and ledger say today, and
 * people wrote their judgement. What the machine wrote is held against a draft of now, so nothing can be slipped in; the
 * cheats that have a name are told by it. Never throws for what stands in the document; costs bounded time.
 */
export function verifyDocument(
  source: string | Uint8Array,
  context: VerifyContext,
): readonly DocumentFinding[] {
  const read = readMarkdown(source);
  if (read.document === undefined) return read.findings;
  const expected = readMarkdown(draftDocument(context.subject).text);
  if (expected.document === undefined) {
    // Only a plan or a ledger beyond all measure makes such a draft.
    return expected.findings.map((each) => ({
      ...each,
      message: `the draft itself is unreadable: ${each.message}`,
    }));
  }
  const verification: Verification = {
    ...context,
    form: formOf(context.subject),
    expected: arrange(expected.document),
    found: arrange(read.document),
    lines: read.document.lines,
  };
  return bounded([...read.findings, ...verification.found.findings, ...judge(verification)]);
}

function judge(verification: Verification): readonly DocumentFinding[] {
  const who = [...checkTitle(verification), ...checkNote(verification)];
  const { form, found } = verification;
  const there = form.sections.filter(({ heading }) => partOf(found, heading) !== undefined);
  if (there.length * 2 < form.sections.length) return [...who, ...stub(verification, there.length)];
  return [
    ...who,
    ...checkHeadings(verification),
    ...checkMachine(verification),
    ...checkTicks(verification),
    ...checkHuman(verification),
    ...checkDecision(verification),
  ];
}

/** A document of another form: what else could be said of it would only repeat that. */
function stub({ form, found, subject }: Verification, there: number): readonly DocumentFinding[] {
  const hint = `${draftCommand(subject)} writes the rest, and keeps what stands here`;
  const left = found.parts.flatMap(({ machine }) =>
    saidIn({ id: "", line: 1, blocks: machine }, { code: "drop" }).flatMap(({ line, text }) => {
      const placeholder = placeholderIn(text);
      return placeholder === undefined
        ? []
        : [finding("placeholder", line, `a placeholder of a template is left: ${show(placeholder)}`)];
    }),
  );
  return [
    finding("stub", 1, `the document has ${there} of its ${form.sections.length} sections`, hint),
    ...left,
  ];
}

function bounded(findings: readonly DocumentFinding[]): readonly DocumentFinding[] {
  const sorted = findings.toSorted((a, b) => a.line - b.line);
  const shown = sorted.slice(0, SHOWN);
  const more = sorted.length - shown.length;
  return more === 0
    ? shown
    : [...shown, finding("more", shown.at(-1)?.line ?? 1, `and ${more} more findings`)];
}
