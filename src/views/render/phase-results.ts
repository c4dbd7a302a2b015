import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

export interface CollectedView {
  readonly rule: string;
  readonly phase: string;
  readonly machine: string | undefined;
  readonly outcome: string;
  readonly reason: string;
  readonly seq: number | undefined;
}

export function renderCollected(report: {
  readonly phase: string;
  readonly release: string | undefined;
  readonly results: readonly CollectedView[];
  readonly state: { readonly verdict: string; readonly reason: string } | undefined;
}): string {
  const { phase, release, results, state } = report;
  const held = results.filter(({ outcome }) => outcome === "holds").length;
  const about = release === undefined ? "nothing released yet" : `release ${release}`;
  return lines([
    collectedTable(results),
    "",
    `phase ${phase} on ${about}: ${held} of ${results.length} rules hold${state === undefined ? "" : `; ${state.verdict}: ${state.reason}`}`,
  ]);
}

function collectedTable(results: readonly CollectedView[]): string {
  return renderTable(
    results.map(({ phase, rule, machine, outcome, reason, seq }) => [
      `${phase}/${rule}${machine === undefined ? "" : `@${machine}`}`,
      outcome,
      seq === undefined ? "-" : `#${seq}`,
      reason.replaceAll("\n", " "),
    ]),
  );
}

export function renderDone(report: {
  readonly phase: string;
  readonly outcome: "done" | "was-done" | "refused";
  readonly recollected: readonly CollectedView[];
  readonly missing: readonly { readonly what: string; readonly command: string }[];
  readonly gate: { readonly seq: number; readonly time: string; readonly hash: string } | undefined;
  readonly signed: { readonly files: { readonly checkpoints: string; readonly keys: string } } | undefined;
}): string {
  const { phase, outcome, recollected, missing, gate, signed } = report;
  const again =
    recollected.length === 0 ? [] : ["collected again for earlier phases:", collectedTable(recollected), ""];
  if (outcome === "refused") {
    return lines([
      ...again,
      `phase ${phase} is not done; ${missing.length === 1 ? "1 thing is" : `${missing.length} things are`} missing:`,
      ...missing.flatMap(({ what, command }) => [`  ${what}`, `    ${command}`]),
    ]);
  }
  const entry = gate === undefined ? "" : ` (entry ${gate.seq}, ${gate.time}, ${gate.hash})`;
  return lines([
    ...again,
    `phase ${phase} ${outcome === "done" ? "is done" : "was done already"}${entry}`,
    ...(signed === undefined
      ? []
      : [`signed; commit its documents with ${signed.files.checkpoints} and ${signed.files.keys}`]),
  ]);
}

export function renderDrafted(report: {
  readonly phase: string;
  readonly documents: readonly {
    readonly path: string;
    readonly outcome: string;
    readonly moved: readonly { readonly from: string; readonly line: number }[];
  }[];
}): string {
  return lines([
    ...report.documents.flatMap(({ path, outcome, moved }) => [
      `${outcome} ${path}`,
      ...moved.map(
        ({ from, line }) =>
          `  what stood under "${from}" (line ${line}) has no place there any more; it is at the end`,
      ),
    ]),
    `what is asked of people is marked in them; then \`lapstrake phase done ${report.phase}\``,
  ]);
}

export function renderReopened(report: {
  readonly phase: string;
  readonly outcome: "reopened" | "was-open";
  readonly affected: readonly string[];
}): string {
  const { phase, outcome, affected } = report;
  if (outcome === "was-open") return `phase ${phase} was not closed\n`;
  const rest = affected.length === 0 ? "" : `; stale with it: ${affected.join(", ")}`;
  return `phase ${phase} is open again${rest}\n`;
}

export function renderImported(report: {
  readonly plan: string;
  readonly file: string;
  readonly claims: readonly { readonly phase: string; readonly done: boolean }[];
  readonly otherTasks: readonly string[];
  readonly unplaced: readonly string[];
}): string {
  const { plan, file, claims, otherTasks, unplaced } = report;
  const done = claims.filter((claim) => claim.done).map(({ phase }) => phase);
  return lines([
    `${file} claims ${done.length} of ${claims.length} phases of ${plan} done${done.length === 0 ? "" : `: ${done.join(", ")}`}`,
    "claims are shown beside the phases; none of them is proven",
    ...(otherTasks.length === 0 ? [] : [`not of this plan: ${otherTasks.join(", ")}`]),
    ...unplaced.map((text) => `no phase of the plan: ${text}`),
  ]);
}

function lines(all: readonly string[]): string {
  return `${all.map(printable).join("\n")}\n`;
}
