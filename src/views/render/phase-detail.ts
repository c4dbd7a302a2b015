import type { DocumentState, PhaseState, RuleState } from "../../core/phases/phase-state.ts";
import { claimOf } from "./phase-tree.ts";
import { printable } from "./printable.ts";

/** A phase in full: its note, each rule with what proves it or what is missing, its documents. */
export function renderPhase(state: PhaseState): string {
  const { phase, rules, documents } = state;
  const lines = [
    `Phase ${phase.id}: ${phase.title}`,
    `${state.verdict}: ${state.reason}${claimOf(state)}`,
    ...(state.gate === undefined
      ? []
      : [`gate: entry ${state.gate.seq}, ${state.gate.time}, ${state.gate.hash}`]),
    `requires: ${phase.requires.length === 0 ? "nothing" : phase.requires.join(", ")}`,
    "",
    "IMPORTANT NOTE",
    `  ${phase.note}`,
    "",
    "Constraints",
    ...phase.constraints.flatMap(({ id, quote }) => [
      `  ${id}: "${quote}"`,
      `    proven by ${provers(id, rules)}`,
    ]),
    ...titled(
      "Deliverables",
      phase.deliverables.map((each) => `  ${each}`),
    ),
    ...titled("Rules", rules.flatMap(ruleLines)),
    ...titled("Documents", documents.flatMap(documentLines)),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function provers(constraint: string, rules: readonly RuleState[]): string {
  const names = new Set(
    rules.filter(({ rule }) => rule.proves.includes(constraint)).map(({ rule }) => rule.id),
  );
  return names.size === 0 ? "no rule" : [...names].join(", ");
}

function ruleLines(state: RuleState): readonly string[] {
  const { rule, machine, verdict, reason, evidence, command } = state;
  const name = machine === undefined ? rule.id : `${rule.id} on ${machine}`;
  const inputs = Object.entries(state.inputs).map(([input, digest]) => `      ${input} ${digest}`);
  return [
    `  ${verdict === "holds" ? "[x]" : "[ ]"} ${name} (${rule.check.kind}): ${verdict}`,
    `    ${reason}`,
    ...(evidence === undefined
      ? []
      : [`    evidence: entry ${evidence.seq}, ${evidence.time}, ${evidence.hash}`]),
    ...(verdict === "holds" && inputs.length > 0 ? ["    made of", ...inputs] : []),
    ...(verdict === "holds"
      ? []
      : [`    ${verdict === "not-provable" ? "missing command" : "run"}: ${command}`]),
  ];
}

function documentLines({ kind, path, digest, findings }: DocumentState): readonly string[] {
  const mark = digest !== undefined && findings.length === 0 ? "[x]" : "[ ]";
  return [
    `  ${mark} ${kind} ${path}${digest === undefined ? ": not there" : ` ${digest}`}`,
    ...findings.flatMap(({ line, message, rule, hint }) => [
      `    ${path}:${line}: ${message} [${rule}]`,
      ...(hint === undefined ? [] : [`      hint: ${hint}`]),
    ]),
  ];
}
