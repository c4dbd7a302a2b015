import type { Blueprint } from "./blueprint.ts";
import { blueprintJsonSchema } from "./json-schema.ts";
import { nameProblems } from "./name-problems.ts";
import { Nearest } from "./nearest.ts";
import { normalise } from "./normalise.ts";
import { refuse } from "./refuse.ts";
import { BlueprintShape } from "./shape/blueprint.ts";
import { shapeProblems } from "./shape-problems.ts";
import { readSource } from "./source.ts";

/**
 * Reads `lapstrake.yaml`. `file` is its name in positions; nothing is read from disk.
 * Throws BlueprintError (exit 2) that carries every problem of the file, in file order.
 */
export function parseBlueprint(text: string, file: string): Blueprint {
  const source = readSource(text, file);
  // Text that is no YAML has no value; its shape would be guesses.
  if (source.value === undefined) throw refuse(source.problems);
  const nearest = new Nearest();
  const result = BlueprintShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, { schema: blueprintJsonSchema, nearest });
  const problems = [...source.problems, ...shape, ...nameProblems(source, nearest)];
  if (problems.length > 0 || !result.success) throw refuse(problems);
  return normalise(result.data, source);
}
