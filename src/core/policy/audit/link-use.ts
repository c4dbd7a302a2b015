import type { LdCacheIndex } from "../../audit/loader/ld-cache-index.ts";
import type { LoadEdge, LoadTrace } from "../../audit/loader/load-trace.ts";
import { resolveRoot } from "../../audit/loader/resolve-root.ts";
import type { Level } from "../../audit/reach/reach-modules.ts";
import { variableOf } from "../../oci/variable-of.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Reason } from "./reason.ts";

/** Something that a process opens: a file by its plain path, or a library by its name. */
export interface Opening {
  readonly target: string;
  readonly level: Level;
  readonly reason: Reason;
}

/** What a process loads, each object with why. */
export interface LinkUse {
  readonly trace: LoadTrace;
  /** By plain path. */
  readonly objects: ReadonlyMap<string, { readonly reason: Reason; readonly level: Level }>;
  readonly unmet: readonly UnmetLibrary[];
}

export interface UnmetLibrary {
  readonly edge: LoadEdge;
  readonly level: Level;
  /** Why what needs it is loaded. */
  readonly reason: Reason;
}

/** Follows a program and what it opens, in the image's own environment. */
export function linkUse(
  facts: AuditFacts,
  {
    program,
    reason,
    openings,
    cache,
  }: {
    readonly program: string;
    readonly reason: Reason;
    readonly openings: readonly Opening[];
    readonly cache: LdCacheIndex | undefined;
  },
): LinkUse {
  const trace = resolveRoot(
    facts,
    {
      program,
      opened: openings.map(({ target }) => ({ path: target })),
      libraryPath: variableOf(facts.config, "LD_LIBRARY_PATH"),
      preload: (variableOf(facts.config, "LD_PRELOAD") ?? "").split(/[ :]/).filter((each) => each !== ""),
      cwd: facts.config.WorkingDir ?? "/",
      // What every machine can run; variants for better processors lie beside it.
      level: "baseline",
    },
    cache,
  );
  const objects = new Map<string, { reason: Reason; level: Level }>([
    [program, { reason, level: "required" }],
  ]);
  const unmet: UnmetLibrary[] = [];
  const opened = new Map(
    openings.map((each) => [each.target.includes("/") ? `/${each.target}` : each.target, each]),
  );
  for (const edge of trace.edges) {
    const opening = edge.kind === "opened" ? opened.get(edge.needed) : undefined;
    const from = opening ?? objects.get(edge.from) ?? { reason, level: "required" as const };
    const { outcome } = edge;
    if (outcome.state === "found" || outcome.state === "loaded") {
      if (objects.has(outcome.path)) continue;
      const what = edge.kind !== "opened" ? "library" : edge.needed.startsWith("/") ? "extension" : "opens";
      const name = what === "extension" ? outcome.path : edge.needed;
      objects.set(outcome.path, { level: from.level, reason: { what, name, because: from.reason } });
    } else unmet.push({ edge, level: from.level, reason: from.reason });
  }
  return { trace, objects, unmet };
}
