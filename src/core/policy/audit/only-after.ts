import type { LdCacheIndex } from "../../audit/loader/ld-cache-index.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Mismatch } from "./image-audit.ts";
import { linkUse } from "./link-use.ts";
import type { PythonUse } from "./python-use.ts";
import { fileOf } from "./reached-files.ts";

export interface OnlyAfter {
  readonly lacks: readonly string[];
  readonly mismatch: Mismatch;
}

/**
 * Extensions at the top of a distribution that load only after others have: libraries which those brought answer to their
 * names. Whoever imports one first gets an ImportError.
 */
export function onlyAfter(
  facts: AuditFacts,
  use: PythonUse,
  cache: LdCacheIndex | undefined,
): readonly OnlyAfter[] {
  if (use.isStarted) return [];
  return [...use.reach.modules.values()].flatMap(({ module, found, via }): OnlyAfter[] => {
    const path = fileOf(found);
    if (via !== undefined || found.kind !== "extension" || path === undefined) return [];
    const reason = { what: "import", name: module } as const;
    const openings = [{ target: path, level: "required", reason } as const];
    const alone = linkUse(facts, { program: use.environment.interpreter, reason, openings, cache });
    const lacks = alone.unmet
      .filter(({ edge }) => edge.outcome.state === "missing")
      .map(({ edge }) => edge.needed);
    if (lacks.length === 0) return [];
    const message = `imported before anything else it lacks ${lacks.join(", ")}; what is imported before it elsewhere brings them`;
    return [
      { lacks, mismatch: { rule: "only-after", subject: module, message, severity: "warning", reason } },
    ];
  });
}
