import type { PhasePlan } from "../../core/blueprint/phase-plan.ts";
import type { PhaseState, PhaseVerdict } from "../../core/phases/phase-state.ts";
import { printable } from "./printable.ts";
import type { Paint } from "./progress-text.ts";
import { renderTable } from "./table.ts";

export interface PhaseTreeView {
  readonly plan: Pick<PhasePlan, "id" | "title">;
  readonly release: string | undefined;
  readonly phases: readonly PhaseState[];
}

const MARKS: Readonly<Record<PhaseVerdict, string>> = {
  done: "[x]",
  ready: "[>]",
  open: "[ ]",
  blocked: "[-]",
  stale: "[!]",
};

const COLOURS: Readonly<Record<PhaseVerdict, Parameters<Paint>[0]>> = {
  done: "green",
  ready: "cyan",
  open: "bold",
  blocked: "dim",
  stale: "yellow",
};

/** The phases with their marks, one a line; parts stand under their phase. */
export function renderPhaseTree({ plan, release, phases }: PhaseTreeView, paint: Paint): string {
  const rows = phases.map((state) => {
    const { id, title, parent } = state.phase;
    const { verdict } = state;
    const indent = parent === undefined ? "" : "  ";
    return [
      `${indent}${MARKS[verdict]} ${id}`,
      title,
      paint(COLOURS[verdict], verdict),
      counts(state),
      `${state.reason}${claimOf(state)}`,
    ].map(oneLine);
  });
  const done = phases.filter(({ verdict }) => verdict === "done").length;
  const head = [
    `${plan.id}: ${plan.title}`,
    `${done} of ${phases.length} phases done; ${release === undefined ? "nothing was released yet" : `release ${release}`}`,
  ];
  return `${[...head.map(oneLine), "", renderTable(rows)].join("\n")}\n`;
}

/** How many of the rules hold. */
function counts({ rules }: PhaseState): string {
  return `${rules.filter(({ verdict }) => verdict === "holds").length}/${rules.length}`;
}

/** What another store says counts for nothing, and is shown as that. */
export function claimOf({ claim, verdict }: Pick<PhaseState, "claim" | "verdict">): string {
  return claim?.done === true && verdict !== "done"
    ? " (claimed done in the imported store, not proven)"
    : "";
}

function oneLine(text: string): string {
  // Colours of ours are no text of somebody else's; they are only in cells that hold nothing else.
  return text.startsWith("\u001b") ? text : printable(text).replaceAll("\n", " ");
}
