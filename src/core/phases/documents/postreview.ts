import { markdownCode, markdownText } from "../../base/markdown-text.ts";
import type { DocumentForm } from "./document-form.ts";
import { evidenceTable, inputsTable, quoteCell, reasonText } from "./evidence-table.ts";
import { decisionPlace, deliverablesOf, introOf, listOf, quoteNote } from "./form-parts.ts";
import { type Gap, gapsOf, provers } from "./gaps.ts";
import { risksOf, riskTable } from "./risk-table.ts";
import { type DocumentSubject, type ProvenPhase, ruleKey, titleOf } from "./subject.ts";

/** The document that closes a phase: its note, and what of it is proven by which evidence. */
export function postreview(subject: DocumentSubject): DocumentForm {
  const { state } = subject;
  const deliverables = deliverablesOf(subject).map((text) => `[ ] ${text}`);
  return {
    title: titleOf(subject),
    intro: introOf(subject, "what was asked, and what the evidence shows."),
    sections: [
      { id: "note", heading: "IMPORTANT NOTE", machine: quoteNote(state.phase.note) },
      {
        id: "evidence",
        heading: "Evidence",
        machine: [evidenceTable(state), inputsTable(state)].filter((table) => table !== "").join("\n\n"),
      },
      {
        id: "deliverables",
        heading: "Deliverables",
        machine: listOf(deliverables, "The plan names no deliverables."),
      },
      { id: "gaps", heading: "Gaps", machine: gapList(gapsOf(state)) },
      {
        id: "risks",
        heading: "Risks and mitigations",
        machine: riskTable(risksOf(subject)),
        human: {
          id: "risks",
          ask: "which of these risks came closer or went away, how you know, and what was done.",
        },
      },
      {
        id: "review",
        heading: "Review",
        machine: "",
        human: {
          id: "review",
          ask: "what you looked at yourself beside the evidence, what was learnt, and what the evidence does not show.",
        },
      },
      { id: "acceptance", heading: "Acceptance", machine: acceptance(state) },
      {
        id: "decision",
        heading: "Decision",
        machine: "",
        human: decisionPlace(
          "why, in a sentence of your own; a gap that is accepted is named as `Accepted gap NAME: why`.",
        ),
      },
    ],
  };
}

function gapList(gaps: readonly Gap[]): string {
  const items = gaps.map(({ key, reason, command }) => {
    const way = command === undefined ? "Change the plan." : `Run ${markdownCode(command)}`;
    return `${markdownCode(key)}: ${reasonText(reason).replace(/[.!?]?$/, ".")} ${way}`;
  });
  return listOf(items, "None: every rule holds, and each constraint of the note has one.");
}

/** A constraint is ticked where all that proves it holds. */
function acceptance(state: ProvenPhase): string {
  const items = state.phase.constraints.map((constraint) => {
    const proofs = provers(state, constraint);
    const isProven = proofs.length > 0 && proofs.every(({ verdict }) => verdict === "holds");
    const names = proofs.map((proof) => markdownText(ruleKey(proof)));
    const by = names.length === 0 ? "by no rule" : `by ${names.join(", ")}`;
    return `[${isProven ? "x" : " "}] ${quoteCell(constraint.quote)}: ${isProven ? "proven" : "to be proven"} ${by}`;
  });
  return listOf(items, "The plan names no constraints of the note.");
}
