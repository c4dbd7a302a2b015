import type { FileName, Job, Step, Word } from "../../core/pipeline/pipeline.ts";
import type { JobRun, LegRun, PipelineRun, StepRun } from "../../core/pipeline/run.ts";
import { printable } from "./printable.ts";
import { formatMs } from "./progress-text.ts";
import { renderTable } from "./table.ts";

const WORD: Readonly<Record<JobRun["state"], string>> = {
  done: "done",
  "not-needed": "not needed",
  "not-here": "not here",
  failed: "failed",
  blocked: "blocked",
  cancelled: "cancelled",
};

/** Each job and each image of it, how it went; then what failed, with its last words, and what that kept from being done. */
export function renderRun({ pipeline, folder, jobs, exit }: PipelineRun): string {
  const rows = jobs.flatMap((job) => [jobRow(job), ...job.legs.flatMap(legRow)]);
  const failures = jobs.flatMap(({ id, legs }) => legs.flatMap((leg) => failureLines(id, leg)));
  const again = exit === 0 ? [] : ["  hint: the same command goes on from here"];
  const sum = `${pipeline}: ${countJobs(jobs)}; its files are in ${folder}`;
  return printable(`${[renderTable(rows), "", ...failures, sum, ...again].join("\n")}\n`);
}

function jobRow({ id, state, why, legs }: JobRun): readonly string[] {
  const ms = legs.reduce((sum, leg) => sum + leg.ms, 0);
  return [id, WORD[state], why ?? (ms === 0 ? "" : formatMs(ms))];
}

function legRow({ name, state, ms }: LegRun): readonly (readonly string[])[] {
  return name === undefined ? [] : [[`  ${name}`, state, formatMs(ms)]];
}

function failureLines(job: string, { name, steps }: LegRun): readonly string[] {
  return steps.flatMap((step) => {
    if (step.state !== "failed") return [];
    const where = name === undefined ? job : `${job} ${name}`;
    return [`${where}: ${commandText(step)}`, ...(step.tail ?? []).map((line) => `  ${line}`), ""];
  });
}

function commandText({ argv, exit, why }: StepRun): string {
  const end = [...(exit === undefined ? [] : [`exit ${exit}`]), ...(why === undefined ? [] : [why])];
  return `${argv.join(" ")}: ${end.join(", ")}`;
}

function countJobs(jobs: readonly JobRun[]): string {
  const states = Object.keys(WORD) as JobRun["state"][];
  return states
    .map((state) => [jobs.filter((job) => job.state === state).length, WORD[state]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(", ");
}

/** What a run would do: rounds of jobs, each with its commands. What is left of a wave, only the plan tells. */
export function renderJobs(pipeline: string, rounds: readonly (readonly Job[])[]): string {
  const lines = rounds.flatMap((jobs, index) => [
    `round ${index + 1}`,
    ...jobs.flatMap((job) => [
      `  ${job.id}: ${job.title}`,
      ...(job.matrix === undefined
        ? []
        : [`    for each of ${job.matrix.entries.map(({ image }) => image).join(", ")}`]),
      ...job.steps.flatMap(stepLines),
    ]),
  ]);
  return `${[pipeline, ...lines].join("\n")}\n`;
}

function stepLines(step: Step): readonly string[] {
  if (step.kind !== "command") return [];
  return [`    lapstrake ${step.argv.map(wordText).join(" ")}`];
}

function wordText(word: Word): string {
  if (typeof word === "string") return word;
  if ("matrix" in word) return word.matrix.toUpperCase();
  return "file" in word ? fileText(word.file) : `${word.words.output.toUpperCase()}…`;
}

function fileText(file: FileName): string {
  return file.map((part) => (typeof part === "string" ? part : part.matrix.toUpperCase())).join("");
}
