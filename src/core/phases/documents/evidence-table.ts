import { markdownCode, markdownProse, markdownTable, markdownText } from "../../base/markdown-text.ts";
import type { RuleState } from "../phase-state.ts";
import { collapse } from "./compare-text.ts";
import { provers, verdictText } from "./gaps.ts";
import type { ProvenPhase } from "./subject.ts";

/** Columns of the table that maps constraints to evidence, and of the one that has the digests it was made of. */
export const EVIDENCE_HEAD = ["Constraint", "Rule", "Machine", "Outcome", "What was found", "Ledger entry"];
export const INPUTS_HEAD = ["Rule", "Machine", "Input", "Digest"];
export const NO_RULE = "no rule";

/** Each constraint of the note with the rules that prove it; rules that prove none come last. */
export function evidenceTable(state: ProvenPhase): string {
  const { phase, rules } = state;
  const rows = phase.constraints.flatMap((constraint) => {
    const proofs = provers(state, constraint);
    const quote = quoteCell(constraint.quote);
    return proofs.length === 0 ? [[quote, NO_RULE, "-", "-", "-", "-"]] : proofs.map(rowOf(quote));
  });
  const ids = new Set(phase.constraints.map(({ id }) => id));
  const others = rules.filter(({ rule }) => !rule.proves.some((id) => ids.has(id)));
  return markdownTable(EVIDENCE_HEAD, [...rows, ...others.map(rowOf("-"))]);
}

/** The digests that each piece of evidence was made of; empty where there is none. */
export function inputsTable({ rules }: ProvenPhase): string {
  const rows = rules.flatMap((state) =>
    Object.entries(state.inputs)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, digest]) => [
        markdownText(state.rule.id),
        machineCell(state),
        markdownText(name),
        markdownCode(digest),
      ]),
  );
  return rows.length === 0 ? "" : markdownTable(INPUTS_HEAD, rows);
}

/** The quote of a constraint as its cell has it: as it is written in the note. */
export function quoteCell(quote: string): string {
  return `"${collapse(quote)}"`;
}

export function machineCell({ machine }: Pick<RuleState, "machine">): string {
  return machine === undefined ? "-" : markdownText(machine);
}

function rowOf(quote: string): (state: RuleState) => readonly string[] {
  return (state) => [
    quote,
    markdownText(state.rule.id),
    machineCell(state),
    verdictText(state.verdict),
    reasonText(state.reason),
    state.evidence === undefined ? "-" : `${state.evidence.seq} ${markdownCode(state.evidence.hash)}`,
  ];
}

// A page for people: what is longer stands in the evidence itself.
const LONGEST = 600;

/** A reason on one line, of a length that a table bears. */
export function reasonText(reason: string): string {
  const line = collapse(reason).replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
  return markdownProse(line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`);
}
