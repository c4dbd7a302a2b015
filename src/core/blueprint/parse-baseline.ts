import type { Baseline } from "./baseline.ts";
import { toJsonSchema } from "./json-schema.ts";
import { Nearest } from "./nearest.ts";
import { refuse } from "./refuse.ts";
import { BaselineShape } from "./shape/baseline.ts";
import { shapeProblems } from "./shape-problems.ts";
import { readSource } from "./source.ts";

/** Reads `lapstrake.baseline`. Throws BlueprintError BASELINE_INVALID (exit 2) that carries every problem of the file. */
export function parseBaseline(text: string, file: string): Baseline {
  const source = readSource(text, file);
  if (source.value === undefined) throw refuse(source.problems, "BASELINE_INVALID");
  const result = BaselineShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, {
        schema: () => toJsonSchema(BaselineShape),
        nearest: new Nearest(),
      });
  const problems = [...source.problems, ...shape];
  if (problems.length > 0 || !result.success) throw refuse(problems, "BASELINE_INVALID");
  return result.data;
}
