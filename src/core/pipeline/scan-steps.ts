import type { PipelineInputs } from "./inputs.ts";
import type { CommandStep, Step, Word } from "./pipeline.ts";

/** What is known of vulnerabilities, fetched for each job anew: databases do not outlive a machine. */
export function fetchAdvisories({ fetchesAdvisories }: PipelineInputs): readonly CommandStep[] {
  if (!fetchesAdvisories) return [];
  return [{ kind: "command", title: "Fetch the advisories", argv: ["db", "update"], offline: true }];
}

/** All forms in which a scan says what it found; its JSON is its answer. */
export function scanFlags(name: string): readonly Word[] {
  return [
    "--json",
    "--sarif",
    { file: [`${name}.sarif`] },
    "--markdown",
    { file: [`${name}.md`] },
    "--html",
    { file: [`${name}.html`] },
  ];
}

/** What is done with them, also where the scan denied something: then most of all. */
export function scanAnswers(name: string): readonly Step[] {
  return [
    { kind: "summary", title: "Show it", file: [`${name}.md`], always: true },
    { kind: "sarif", title: "Give it to code scanning", file: [`${name}.sarif`], always: true },
    {
      kind: "keep",
      title: "Keep the reports",
      artifact: [name],
      files: [[`${name}.json`], [`${name}.sarif`], [`${name}.md`], [`${name}.html`]],
      always: true,
    },
  ];
}
