import type { Finding } from "../../core/base/finding.ts";
import { renderFinding } from "./findings.ts";
import { printable } from "./printable.ts";

interface GeneratedView {
  readonly path: string;
  readonly before: string | undefined;
  readonly diff: string;
}

/** One line a workflow; of a dry run, what would change. */
export function renderGenerated(
  workflows: readonly GeneratedView[],
  { dryRun }: { readonly dryRun: boolean },
): string {
  const lines = workflows.map(({ path, before, diff }) => {
    if (diff === "") return `${path}: unchanged`;
    if (!dryRun) return `${path}: ${before === undefined ? "written" : "written anew"}`;
    return `${path}: ${before === undefined ? "would be new" : "would change"}\n${printable(diff.trimEnd())}`;
  });
  return `${lines.join("\n")}\n`;
}

interface CheckView {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  readonly diffs: readonly { readonly diff: string }[];
}

/** Findings, what would be generated instead, and the sum. */
export function renderChecked({ files, findings, diffs }: CheckView): string {
  const errors = findings.filter(({ level }) => level === "error").length;
  const sum = [
    counted(files.length, "workflow"),
    counted(errors, "error"),
    counted(findings.length - errors, "warning"),
  ].join(", ");
  const texts = diffs.map(({ diff }) => printable(diff.trimEnd()));
  return `${[...findings.map(renderFinding), ...texts, sum].join("\n")}\n`;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
