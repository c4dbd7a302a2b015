import type { Finding } from "../../../base/finding.ts";
import { listOf, mapOf } from "../../../blueprint/untyped.ts";
import type { Workflow, WorkflowJob } from "../workflow.ts";

/** No matrix that GitHub takes has more values. */
const MOST_KEYS = 256;
const CONTROL: ReadonlySet<string> = new Set(["include", "exclude"]);

/** A value of a matrix that nothing reads: the job is done again for it, and does the same. */
export function matrixRead(workflow: Workflow): readonly Finding[] {
  return workflow.jobs.flatMap((job) => {
    const matrix = mapOf(mapOf(job.value["strategy"])["matrix"]);
    const texts = textsIn(job);
    if (texts.some((text) => /\bmatrix\b(?!\s*[.[])/.test(expressionsOf(text)))) return [];
    return keysOf(matrix)
      .slice(0, MOST_KEYS)
      .flatMap(({ key, path }): Finding[] => {
        if (texts.some((text) => reads(expressionsOf(text), key))) return [];
        return [
          {
            rule: "matrix-unused",
            level: "error",
            message: `nothing of the job ${job.id} reads matrix.${key}: each of its values does the same work`,
            at: workflow.at([...job.path, "strategy", "matrix", ...path]),
            hint: `use \${{ matrix.${key} }}, such as in a build argument, or leave it out`,
          },
        ];
      });
  });
}

interface Key {
  readonly key: string;
  readonly path: readonly (string | number)[];
}

function keysOf(matrix: Readonly<Record<string, unknown>>): readonly Key[] {
  const own = Object.keys(matrix)
    .filter((key) => !CONTROL.has(key))
    .map((key) => ({ key, path: [key] }));
  const seen = new Set(own.map(({ key }) => key));
  const included = listOf(matrix["include"]).flatMap((entry, index) =>
    Object.keys(mapOf(entry)).flatMap((key): Key[] => {
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ key, path: ["include", index, key] }];
    }),
  );
  return [...own, ...included];
}

/** Every text of the job but those of its matrix. */
function textsIn({ value }: WorkflowJob): readonly string[] {
  const { strategy, ...rest } = value;
  const { matrix: _matrix, ...control } = mapOf(strategy);
  const texts: string[] = [];
  const open: unknown[] = [rest, control];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "object" && next !== null)
      open.push(...Object.values(next).filter((each) => each !== null));
  }
  return texts;
}

/** `if:` may stand without its braces, so a text that reads a matrix anywhere counts. */
function expressionsOf(text: string): string {
  return text.includes("matrix") ? text : "";
}

function reads(text: string, key: string): boolean {
  return text.includes(`matrix.${key}`) || text.includes(`matrix['${key}']`);
}
