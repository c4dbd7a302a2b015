import { markdownCode, markdownTable, markdownText } from "../../base/markdown-text.ts";
import type { DocumentForm } from "./document-form.ts";
import { machineCell, NO_RULE, quoteCell } from "./evidence-table.ts";
import { decisionPlace, deliverablesOf, introOf, listOf, quoteNote } from "./form-parts.ts";
import { provers } from "./gaps.ts";
import { risksOf, riskTable } from "./risk-table.ts";
import { type DocumentSubject, type ProvenPhase, ruleKey, titleOf } from "./subject.ts";

export const CONSTRAINTS_HEAD = ["Constraint", "Rule", "Machine", "Proven by"];

/**
 * The document that prepares a phase: what it must keep to, and how that will be proven. It cites no evidence, so that
 * work on the phase does not make the document of the gate before it stale.
 */
export function preanalysis(subject: DocumentSubject): DocumentForm {
  const { state } = subject;
  return {
    title: titleOf(subject),
    intro: introOf(subject, "what is asked next, and how it will be proven."),
    sections: [
      { id: "note", heading: "IMPORTANT NOTE", machine: quoteNote(state.phase.note) },
      { id: "evidence", heading: "Evidence to come", machine: constraintTable(state) },
      {
        id: "deliverables",
        heading: "Planned work",
        machine: listOf(deliverablesOf(subject), "The plan names no deliverables."),
        human: { id: "actions", ask: "the steps in their order, who takes each, and when." },
      },
      {
        id: "risks",
        heading: "Risks and mitigations",
        machine: riskTable(risksOf(subject)),
        human: { id: "risks", ask: "which of these risks this phase runs, and what is done beforehand." },
      },
      {
        id: "prerequisites",
        heading: "Prerequisites",
        machine: listOf(prerequisites(subject), "No phase must be done before."),
        human: { id: "prerequisites", ask: "what was checked to be there, and what still has to be had." },
      },
      { id: "acceptance", heading: "Done when", machine: doneWhen(state) },
      {
        id: "decision",
        heading: "Decision",
        machine: "",
        human: decisionPlace("why this phase can start, in a sentence of your own."),
      },
    ],
  };
}

function constraintTable(state: ProvenPhase): string {
  const rows = state.phase.constraints.flatMap((constraint) => {
    const proofs = provers(state, constraint);
    const quote = quoteCell(constraint.quote);
    if (proofs.length === 0) return [[quote, NO_RULE, "-", "-"]];
    return proofs.map((proof) => [quote, markdownText(proof.rule.id), machineCell(proof), provenBy(proof)]);
  });
  return rows.length === 0
    ? "The plan names no constraints of the note."
    : markdownTable(CONSTRAINTS_HEAD, rows);
}

function provenBy({ verdict, command }: ProvenPhase["rules"][number]): string {
  return `${markdownCode(command)}${verdict === "not-provable" ? ", not yet provable" : ""}`;
}

function prerequisites({ plan, state }: DocumentSubject): readonly string[] {
  return state.phase.requires.map((id) => {
    const title = plan.phases.find((phase) => phase.id === id)?.title ?? "";
    return `Phase ${markdownText(id)} is done: ${markdownText(title)} (${markdownCode(`lapstrake phase show ${id}`)})`;
  });
}

function doneWhen({ rules }: ProvenPhase): string {
  const items = rules.map((each) => `${markdownCode(ruleKey(each))} holds`);
  return listOf(items, "The plan names no rules for this phase.");
}
