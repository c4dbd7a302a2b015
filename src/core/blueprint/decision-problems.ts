import { describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import { lookUp } from "./positions.ts";
import type { Source } from "./source.ts";
import { listOf, mapOf } from "./untyped.ts";

/** Two decisions on one thing: nobody could say which holds. */
export function decisionProblems(list: unknown, source: Source): readonly Problem[] {
  const seen = new Set<string>();
  return listOf(list).flatMap((entry, index): Problem[] => {
    const { id } = mapOf(entry);
    if (typeof id !== "string" || !seen.has(id)) {
      if (typeof id === "string") seen.add(id);
      return [];
    }
    const at = lookUp(source.file, source.positions, ["decisions", index, "id"]);
    const message = `decisions: found the id ${describeValue(id)} twice`;
    return [{ code: "BLUEPRINT_DUPLICATE", message, at }];
  });
}
