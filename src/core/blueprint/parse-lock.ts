import { toJsonSchema } from "./json-schema.ts";
import type { Lock } from "./lock.ts";
import { Nearest } from "./nearest.ts";
import { refuse } from "./refuse.ts";
import { LockShape } from "./shape/lock.ts";
import { shapeProblems } from "./shape-problems.ts";
import { readSource } from "./source.ts";

/** Reads `lapstrake.lock`. Throws BlueprintError LOCK_INVALID (exit 2) that carries every problem of the file. */
export function parseLock(text: string, file: string): Lock {
  const source = readSource(text, file);
  if (source.value === undefined) throw refuse(source.problems, "LOCK_INVALID");
  const result = LockShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, {
        schema: () => toJsonSchema(LockShape),
        nearest: new Nearest(),
      });
  const problems = [...source.problems, ...shape];
  if (problems.length > 0 || !result.success) throw refuse(problems, "LOCK_INVALID");
  return result.data;
}
