import type { Step, Word } from "./pipeline.ts";

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
