import type { Blueprint } from "./blueprint.ts";
import { BlueprintError, type Problem } from "./error.ts";
import { blueprintJsonSchema } from "./json-schema.ts";
import { nameProblems } from "./name-problems.ts";
import { Nearest } from "./nearest.ts";
import { normalise } from "./normalise.ts";
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
  if (source.value === undefined) throw failure(source.problems);
  const nearest = new Nearest();
  const result = BlueprintShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, { schema: blueprintJsonSchema(), nearest });
  const problems = [...source.problems, ...shape, ...nameProblems(source, nearest)];
  if (problems.length > 0 || !result.success) throw failure(problems);
  return normalise(result.data, source);
}

function failure(problems: readonly Problem[]): BlueprintError {
  const [first, ...more] = inFileOrder(problems);
  // Callers come here with at least one; a type cannot say so.
  if (first === undefined) throw new TypeError("a blueprint was refused without a problem");
  return new BlueprintError([first, ...more]);
}

/** By place, the first problem of a place only: a number that YAML changed is of the wrong type, too. */
function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ at, code, message }) => {
      const id = `${at.line}:${at.column}:${code === "BLUEPRINT_VALUE" ? "" : code + message}`;
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew;
    })
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
