import { isDigest } from "../../base/digest.ts";
import { markdownText } from "../../base/markdown-text.ts";
import { isKind } from "../../record/entry.ts";
import type { DocumentFinding, RuleState } from "../phase-state.ts";
import type { Part } from "./arrange.ts";
import { EVIDENCE_HEAD, INPUTS_HEAD, machineCell, NO_RULE, quoteCell } from "./evidence-table.ts";
import { verdictText } from "./gaps.ts";
import { draftCommand, ruleKey } from "./subject.ts";
import type { Unit } from "./units.ts";
import { finding, show, type Verification } from "./verification.ts";

/** Citations and digests of a post-review's evidence, row by row. */
export function checkEvidence(verification: Verification, rows: readonly Unit[]): readonly DocumentFinding[] {
  return rows.flatMap((row) => {
    if (row.cells.length === EVIDENCE_HEAD.length) return checkCitation(verification, row);
    return row.cells.length === INPUTS_HEAD.length ? checkInput(verification, row) : [];
  });
}

/** Each constraint of the note has a row of its own. */
export function unmapped(
  { subject }: Verification,
  part: Part,
  rows: readonly Unit[],
): readonly DocumentFinding[] {
  const mapped = new Set(rows.map(({ cells }) => cells[0]));
  return subject.state.phase.constraints
    .filter(({ quote }) => !mapped.has(quoteCell(quote)))
    .map(({ quote }) =>
      finding("constraint-unmapped", part.line, `no row is about the constraint ${show(quoteCell(quote))}`),
    );
}

function checkCitation(verification: Verification, row: Unit): readonly DocumentFinding[] {
  const { line, cells } = row;
  const [constraint = "", rule = "", machine = "", outcome = "", , entry = ""] = cells;
  if (rule === NO_RULE) return [];
  const state = stateOf(verification, rule, machine);
  if (state === undefined) {
    const where = machine === "-" ? "" : ` on ${show(machine)}`;
    return [finding("rule-unknown", line, `the phase has no rule ${show(rule)}${where}`)];
  }
  const quotes = constraintsOf(verification, state);
  const wrong = quotes.includes(constraint)
    ? []
    : [finding("rule-unknown", line, `rule ${ruleKey(state)} does not prove ${show(constraint)}`)];
  const verdict = verdictText(state.verdict);
  const turned =
    outcome === verdict
      ? []
      : [
          finding(
            "outcome",
            line,
            `rule ${ruleKey(state)} is said to be "${show(outcome)}", and is "${verdict}": ${show(state.reason)}`,
            anew(verification),
          ),
        ];
  return [...wrong, ...turned, ...checkEntry(verification, { state, line, cell: entry })];
}

function constraintsOf({ subject }: Verification, { rule }: RuleState): readonly string[] {
  const proven = subject.state.phase.constraints.filter(({ id }) => rule.proves.includes(id));
  return proven.length === 0 ? ["-"] : proven.map(({ quote }) => quoteCell(quote));
}

interface Citation {
  readonly state: RuleState;
  readonly line: number;
  readonly cell: string;
}

/** The entry that a row cites is in the ledger, is about this rule, and is the newest one. */
function checkEntry(verification: Verification, { state, line, cell }: Citation): readonly DocumentFinding[] {
  const say = (rule: string, message: string): readonly DocumentFinding[] => [
    finding(rule, line, message, anew(verification)),
  ];
  const newest = state.evidence;
  if (cell === "-")
    return newest === undefined ? [] : say("entry-missing", `no ledger entry is cited for ${ruleKey(state)}`);
  const [, seq = "", hash = ""] = /^(\d{1,15}) `?([^\s`]*)`?$/.exec(cell) ?? [];
  if (!isDigest(hash))
    return say("entry-form", `"${show(cell)}" is not the number and the hash of a ledger entry`);
  const entry = verification.entry(hash);
  if (entry === undefined)
    return say("entry-unknown", `the ledger has no entry ${hash}: it was never written there`);
  if (!isKind(entry, "evidence"))
    return say("entry-kind", `entry ${entry.seq} of the ledger is a ${entry.kind}, no evidence`);
  const { body } = entry;
  const { plan, state: own } = verification.subject;
  if (body.plan !== plan.id)
    return say("entry-plan", `entry ${entry.seq} is evidence of plan ${show(body.plan)}, not of ${plan.id}`);
  if (body.phase !== own.phase.id) {
    return say(
      "entry-phase",
      `entry ${entry.seq} is evidence of phase ${show(body.phase)}, not of phase ${own.phase.id}`,
    );
  }
  if (body.rule !== state.rule.id || body.machine !== (state.machine ?? null)) {
    const of = body.machine === null ? body.rule : `${body.rule}@${body.machine}`;
    return say("entry-rule", `entry ${entry.seq} is evidence of rule ${show(of)}, not of ${ruleKey(state)}`);
  }
  if (newest !== undefined && hash !== newest.hash) {
    return say(
      "entry-stale",
      `entry ${entry.seq} is older than the newest evidence of ${ruleKey(state)}, entry ${newest.seq}`,
    );
  }
  if (Number(seq) !== entry.seq)
    return say("entry-form", `the entry of this hash is number ${entry.seq}, not ${seq}`);
  return [];
}

/** A digest of the second table is one that the newest evidence was made of. */
function checkInput(verification: Verification, { line, cells }: Unit): readonly DocumentFinding[] {
  const [rule = "", machine = "", name = "", cell = ""] = cells;
  const state = stateOf(verification, rule, machine);
  if (state === undefined) return [finding("rule-unknown", line, `the phase has no rule ${show(rule)}`)];
  const entry = state.evidence && verification.entry(state.evidence.hash);
  // The ledger's own word where it can be had: the state was computed from it.
  const inputs = entry !== undefined && isKind(entry, "evidence") ? entry.body.inputs : state.inputs;
  // Two names may read the same on one line.
  const named = Object.entries(inputs).filter(([each]) => markdownText(each) === name);
  const [, digest] = named.find(([, each]) => cell === `\`${each}\``) ?? named[0] ?? [];
  if (digest === undefined) {
    return [
      finding(
        "input-unknown",
        line,
        `evidence of ${ruleKey(state)} has no input ${show(name)}`,
        anew(verification),
      ),
    ];
  }
  if (cell === `\`${digest}\``) return [];
  return [
    finding(
      "input-digest",
      line,
      `${show(name)} is ${digest} in the evidence of ${ruleKey(state)}, not ${show(cell.replaceAll("`", ""))}`,
      anew(verification),
    ),
  ];
}

function stateOf({ subject }: Verification, rule: string, machine: string): RuleState | undefined {
  return subject.state.rules.find(
    (state) => markdownText(state.rule.id) === rule && machineCell(state) === machine,
  );
}

function anew({ subject }: Verification): string {
  return `draft it anew: ${draftCommand(subject)}`;
}
