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
  const read = documents.map((document) => ({ document, source: readSource(document, file) }));
  const findings = [
    ...documents
      .slice(1)
      .map((document) => concatenated(file, lineOfFirstText(document), "another document begins here")),
    ...read.flatMap(({ source }) => source.problems.slice(0, SHOWN_PROBLEMS).map(problemFinding)),
  ];
  const workflows = read.flatMap(({ document, source }) =>
    source.value === undefined ? [] : [workflowOf(source, document)],
  );
  return { workflows, findings };
}

/**
 * The documents of a stream, each with empty lines in the place of the others, so that all keep their lines. A line `---` at
 * its beginning starts a document whatever stands before it (YAML 1.2, 9.1.2 and 9.1.4): no scalar can hold one.
 */
function documentsOf(text: string): readonly string[] {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, index) => (/^---(?:\s|$)/.test(line) ? [index] : []));
  // What stands before the first mark is a document of its own only where it says something.
  const isPreamble = lines.slice(0, starts[0] ?? 0).every((line) => /^\s*(?:#.*|%.*)?\r?$/.test(line));
  const begins = starts.length === 0 || !isPreamble ? [0, ...starts] : starts;
  if (begins.length === 1) return [text];
  return begins.slice(0, MAX_DOCUMENTS).map((begin, index) => {
    const end = begins[index + 1] ?? lines.length;
    return lines.map((line, at) => (at < begin || at >= end ? "" : line)).join("\n");
  });
}

/** Each is as long as the file. */
const MAX_DOCUMENTS = 10;

function lineOfFirstText(text: string): number {
  return text.split("\n").findIndex((line) => line.trim() !== "") + 1;
}

function concatenated(file: string, line: number, what: string): Finding {
  return {
    rule: "workflow-concatenated",
    level: "error",
    message: `${what}: GitHub reads one workflow of a file, and refuses or drops the rest`,
    at: { file, line, column: 1 },
    hint: "two workflows are two files",
  };
}

function problemFinding({ code, message, at, hint }: Problem): Finding {
  // A key at the left edge that comes twice: two files were put behind each other.
  if (code === "BLUEPRINT_DUPLICATE" && at.column === 1)
    return concatenated(at.file, at.line, `${message}, at the top`);
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
