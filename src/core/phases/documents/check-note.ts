import type { DocumentFinding } from "../phase-state.ts";
import { collapse, compareText, describeDifference } from "./compare-text.ts";
import { finding, partOf, type Verification } from "./verification.ts";

/** The IMPORTANT NOTE of the phase stands in its section as a quote, to the letter. */
export function checkNote(verification: Verification): readonly DocumentFinding[] {
  const { subject, found, form, lines } = verification;
  const { phase } = subject.state;
  const heading = form.sections.find(({ id }) => id === "note")?.heading ?? "";
  const part = partOf(found, heading);
  // Where even the section is not there, the first quote is what somebody means by it.
  const blocks = part?.machine ?? found.parts.flatMap(({ machine }) => machine);
  const quote = blocks.find((block) => block.kind === "quote");
  if (quote === undefined) {
    return [
      finding("note-missing", part?.line ?? 1, `the IMPORTANT NOTE of phase ${phase.id} is not quoted`),
    ];
  }
  const difference = compareText(phase.note, quote.text);
  if (difference === undefined) return [];
  const line = quote.line + difference.line - 1;
  const raw = lines[line - 1] ?? "";
  const mark = /^ {0,3}> ?/.exec(raw)?.[0].length ?? 0;
  const where = `line ${line}, column ${difference.column + mark}`;
  const of = subject.plan.phases.find(({ note }) => collapse(note) === collapse(quote.text));
  if (of !== undefined) {
    return [
      finding(
        "note-of-other-phase",
        line,
        `the quoted note is that of phase ${of.id}, not of phase ${phase.id}`,
      ),
    ];
  }
  const [rule, what] = difference.looksSame
    ? ["note-look-alike", "looks like the note and is not"]
    : ["note-altered", "is not the note"];
  return [
    finding(
      rule,
      line,
      `the quote ${what}: ${describeDifference(difference)} (${where})`,
      "quote it as it is written in the plan",
    ),
  ];
}
