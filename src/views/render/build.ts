import type { ImageOutcome } from "../../core/plan/outcome.ts";
import { formatMs } from "./progress-text.ts";
import { renderTable } from "./table.ts";

/** What the build of a plan came to, as far as it is shown. */
export interface BuildView {
  readonly outcomes: ReadonlyMap<string, ImageOutcome>;
  readonly exit: number;
}

/** One line an image: how it ended, its digest, and why not where it did not. */
export function renderBuild({ outcomes }: BuildView): string {
  const rows = [...outcomes].map(([name, outcome]) => [name, outcome.state, ...detail(outcome)]);
  return rows.length === 0
    ? "nothing to build\n"
    : `${renderTable(rows)}\n\n${countOutcomes([...outcomes.values()])}\n`;
}

export function buildJson({ outcomes, exit }: BuildView): unknown {
  return {
    version: 1,
    exit,
    images: [...outcomes].map(([name, outcome]) => {
      if (outcome.state !== "built" && outcome.state !== "reused") return { name, ...outcome };
      const { state, digest, identified, ms } = outcome;
      return { name, state, digest, identity: identified.id, contentName: identified.contentName, ms };
    }),
  };
}

function detail(outcome: ImageOutcome): string[] {
  switch (outcome.state) {
    case "built":
      return [outcome.digest, formatMs(outcome.ms)];
    case "reused":
      return [outcome.digest];
    case "failed":
      return [outcome.failure.message];
    case "blocked":
      return [`by ${outcome.by}`];
    case "unavailable":
      return [outcome.why];
    case "cancelled":
      return [];
  }
}

/** `3 built, 1 failed`, in a fixed order. */
function countOutcomes(outcomes: readonly ImageOutcome[]): string {
  const states = ["built", "reused", "failed", "blocked", "cancelled", "unavailable"] as const;
  return states
    .map((state) => [outcomes.filter((outcome) => outcome.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(", ");
}
