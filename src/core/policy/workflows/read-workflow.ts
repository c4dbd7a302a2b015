import type { Finding } from "../../base/finding.ts";
import type { Problem } from "../../blueprint/error.ts";
import { readSource } from "../../blueprint/source.ts";
import { type Workflow, workflowOf } from "./workflow.ts";

/** More problems of one file than these are echoes of each other. */
const SHOWN_PROBLEMS = 20;

/**
 * Workflow text to what can be judged of it. Bounded in size, depth and aliases; what is wrong with the YAML are findings, and
 * what stands around that is judged all the same. Several documents in one file are read one by one.
 */
export function readWorkflow(
  text: string,
  file: string,
): { readonly workflows: readonly Workflow[]; readonly findings: readonly Finding[] } {
  const documents = documentsOf(text);
  const read = documents.map(({ text }) => ({ text, source: readSource(text, file) }));
  const findings = [
    ...documents.flatMap(({ begins }) => (begins === undefined ? [] : [concatenated(file, begins)])),
    ...read.flatMap(({ source }) => source.problems.slice(0, SHOWN_PROBLEMS).map(problemFinding)),
  ];
  const workflows = read.flatMap(({ text, source }) =>
    source.value === undefined ? [] : [workflowOf(source, text)],
  );
  return { workflows, findings };
}

/** One of the workflows that stand in a file, with empty lines in the place of the others, so that it keeps its lines. */
interface WorkflowDocument {
  readonly text: string;
  /** Of all but the first: its first line, from 1, and how it is told from what stands before it. */
  readonly begins: { readonly line: number; readonly why: string } | undefined;
}

/** Each is as long as the file. */
const MAX_DOCUMENTS = 10;

/**
 * By the marks of YAML (a line `---` starts a document whatever stands before it, 9.1.2 and 9.1.4: no scalar can hold one), and by
 * keys at the left edge that come again: two files that were put behind each other.
 */
function documentsOf(text: string): readonly WorkflowDocument[] {
  const lines = text.split("\n");
  const begins: { line: number; why: string }[] = [];
  let keys = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const [, key] = /^["']?([\w-]{1,100})["']?[ \t]*:/.exec(line) ?? [];
    const isMark = /^---(?:\s|$)/.test(line) && keys.size > 0;
    const isAgain = key !== undefined && keys.has(key);
    if (isMark || isAgain) {
      begins.push({
        line: index + 1,
        why: isMark ? "a mark --- begins another document" : `the key "${key}" comes again`,
      });
      keys = new Set();
    }
    if (key !== undefined) keys.add(key);
  }
  const starts = [undefined, ...begins.slice(0, MAX_DOCUMENTS - 1)];
  return starts.map((start, index) => {
    const [from, to] = [start?.line ?? 1, begins[index]?.line ?? lines.length + 1];
    const own = lines.map((line, at) => (at + 1 < from || at + 1 >= to ? "" : line));
    return { text: begins.length === 0 ? text : own.join("\n"), begins: start };
  });
}

function concatenated(file: string, { line, why }: { readonly line: number; readonly why: string }): Finding {
  return {
    rule: "workflow-concatenated",
    level: "error",
    message: `${why}: GitHub reads one workflow of a file, and refuses or drops the rest`,
    at: { file, line, column: 1 },
    hint: "two workflows are two files",
  };
}

function problemFinding({ code, message, at, hint }: Problem): Finding {
  return {
    rule: RULES[code] ?? "workflow-yaml",
    level: code === "BLUEPRINT_VALUE" ? "warning" : "error",
    message,
    at,
    ...(hint === undefined ? {} : { hint }),
  };
}

const RULES: Readonly<Partial<Record<Problem["code"], string>>> = {
  BLUEPRINT_DUPLICATE: "workflow-duplicate-key",
  BLUEPRINT_TOO_BIG: "workflow-too-big",
  BLUEPRINT_VALUE: "workflow-number",
};
