import type { DocumentFinding } from "../phase-state.ts";
import type { Part } from "./arrange.ts";
import { checkEvidence, unmapped } from "./check-evidence.ts";
import { compareText, describeDifference } from "./compare-text.ts";
import { KEPT_HEADING, type SectionId } from "./document-form.ts";
import { parseMarker } from "./markers.ts";
import { headingsOf, splitDocument } from "./split-document.ts";
import { draftCommand } from "./subject.ts";
import { diffUnits, type Unit, type UnitDifference, type UnitPair, unitsOf } from "./units.ts";
import { finding, partOf, show, type Verification } from "./verification.ts";

/** What a part of a section is called where it is missing. */
const MISSING: Readonly<Partial<Record<SectionId | "title", string>>> = {
  evidence: "row-missing",
  deliverables: "deliverable-missing",
  gaps: "gap-missing",
  risks: "risk-missing",
  prerequisites: "prerequisite-missing",
  acceptance: "acceptance-missing",
};

/** What the machine wrote is what it would write now: nothing is missing, nothing was added or altered. */
export function checkMachine(verification: Verification): readonly DocumentFinding[] {
  const { form, found, expected } = verification;
  const sealed = sealedHeadings(verification);
  const pairs = [{ id: "title", heading: form.title } as const, ...form.sections].flatMap(
    ({ id, heading }) => {
      const [own, other] = [partOf(found, heading), partOf(expected, heading)];
      if (own === undefined || other === undefined) return [];
      return [{ id, found: own, expected: other, isSealed: sealed.has(heading) }];
    },
  );
  return [...pairs.flatMap((pair) => checkPart(verification, pair)), ...wordsBeside(verification)];
}

function sealedHeadings({ lines, form }: Verification): ReadonlySet<string> {
  const { machine } = splitDocument(lines, headingsOf(form.sections));
  return new Set(machine.filter(({ isSealed }) => isSealed).map(({ heading }) => heading));
}

interface PartPair {
  readonly id: SectionId | "title";
  readonly found: Part;
  readonly expected: Part;
  /** Nobody touched it since it was drafted. */
  readonly isSealed: boolean;
}

function checkPart(verification: Verification, part: PartPair): readonly DocumentFinding[] {
  const ticks = { ticks: part.id !== "deliverables" };
  const found = unitsOf(part.found.machine, ticks);
  const difference = diffUnits(unitsOf(part.expected.machine, ticks), found);
  const rows = found.filter(({ kind }) => kind === "row");
  const special = part.id === "evidence" ? rowFindings(verification, part.found, rows) : [];
  const findings = [...special, ...generalFindings(part, difference, special)];
  const why = part.isSealed ? "; it was so when it was drafted, and is no longer" : "";
  const hint = `draft it anew: ${draftCommand(verification.subject)}`;
  return findings.map((each) => ({ hint, ...each, message: each.message + why }));
}

function rowFindings(
  verification: Verification,
  part: Part,
  rows: readonly Unit[],
): readonly DocumentFinding[] {
  const mapped = unmapped(verification, part, rows);
  return verification.subject.kind === "postreview"
    ? [...mapped, ...checkEvidence(verification, rows)]
    : mapped;
}

/** What differs and was not told in more exact words. */
function generalFindings(
  { id, found }: PartPair,
  { missing, extra, altered }: UnitDifference,
  special: readonly DocumentFinding[],
): readonly DocumentFinding[] {
  const told = new Set(special.map(({ line }) => line));
  // Said already: that nothing is there for a constraint.
  const isUnmapped = ({ kind }: Unit): boolean => kind === "row" && told.has(found.line);
  const findings = [
    ...altered
      .filter((pair) => !isApart(id, pair.expected) && !told.has(pair.found.line))
      .map(alteredFinding),
    ...missing
      .filter((unit) => !isApart(id, unit) && !isUnmapped(unit))
      .map(({ text }) =>
        finding(MISSING[id] ?? "machine-text", found.line, `this is missing: ${show(text)}`),
      ),
    ...extra.filter((unit) => !isApart(id, unit) && !told.has(unit.line)).map(extraFinding),
  ];
  if (findings.length + special.length > 0) return findings;
  const seals = [...missing, ...extra, ...altered.flatMap(({ expected, found }) => [expected, found])];
  const isQuoteAltered = seals.some(({ kind }) => kind === "quote");
  if (seals.length === 0 || isQuoteAltered) return [];
  return [finding("marker", found.line, "the mark of drafting in this section is missing, or is another")];
}

/** The quote of the note has a check of its own; the mark of drafting only tells what is told better otherwise. */
function isApart(id: PartPair["id"], { kind, text }: Unit): boolean {
  return (id === "note" && kind === "quote") || (kind === "comment" && parseMarker(text)?.kind === "drafted");
}

function alteredFinding({ expected, found }: UnitPair): DocumentFinding {
  const difference = compareText(expected.text, found.text);
  const what = difference === undefined ? "" : describeDifference(difference);
  const like = difference?.looksSame === true ? "only looks like" : "is not";
  return finding("machine-text", found.line, `this ${like} what plan and ledger say: ${what}`);
}

function extraFinding({ line, text }: Unit): DocumentFinding {
  return finding(
    "machine-text",
    line,
    `neither plan nor ledger says this, and it stands outside of the places for people: ${show(text)}`,
  );
}

/** Before the title, and beside what was kept. */
function wordsBeside({ found, subject }: Verification): readonly DocumentFinding[] {
  const parts = [found.parts[0], partOf(found, KEPT_HEADING)].flatMap((part) => part?.machine ?? []);
  const hint = `put it into a place for people: ${draftCommand(subject)} moves it to the end`;
  return unitsOf(parts, { ticks: true }).map((unit) => ({ hint, ...extraFinding(unit) }));
}
