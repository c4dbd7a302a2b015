import type { LdCacheIndex } from "../../audit/loader/ld-cache-index.ts";
import type { ImportContext } from "../../audit/python/python-source.ts";
import { type Level, sourceOf } from "../../audit/reach/reach-modules.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Uncertainty } from "./image-audit.ts";
import type { Opening } from "./link-use.ts";
import type { PythonUse } from "./python-use.ts";
import { fileOf } from "./reached-files.ts";
import type { Reason } from "./reason.ts";

export interface Openings {
  /** Extensions and libraries that the interpreter opens, the surest first. */
  readonly openings: readonly Opening[];
  readonly uncertain: readonly Uncertainty[];
}

/** What the interpreter opens for the modules that are reached: their extensions, and libraries that their sources name. */
export function openingsOf(
  facts: AuditFacts,
  { reach, reasons }: PythonUse,
  cache: LdCacheIndex | undefined,
): Openings {
  const openings = reach.extensions.flatMap((module): Opening[] => {
    const reached = reach.modules.get(module);
    const path = reached && fileOf(reached.found);
    const reason = reasons.of(module);
    return path === undefined || reason === undefined
      ? []
      : [{ target: path, level: reached?.level ?? "optional", reason }];
  });
  const uncertain: Uncertainty[] = [];
  for (const { module, found, level } of reach.modules.values()) {
    const reason = reasons.of(module);
    const path = fileOf(found);
    if (reason === undefined || path === undefined) continue;
    const source = sourceOf(found, facts.sourceAt);
    for (const { name, how, line, context } of source?.libraries ?? []) {
      const at = weaker(level, context);
      const target = how === "find_library" ? inCache(name, cache) : name;
      const isKnown = target !== undefined && at !== undefined && !name.includes("/");
      if (isKnown && isInImage(facts, target, cache))
        openings.push({
          target,
          level: "optional",
          reason: { what: "opens", name, at: `${path}:${line}`, because: reason },
        });
      else if (at !== undefined) uncertain.push({ what: "library", path, line, text: name, packages: [] });
    }
  }
  return { openings, uncertain };
}

/** As `ctypes.util.find_library` asks `ldconfig -p`: the first `libNAME.so…`. */
function inCache(name: string, cache: LdCacheIndex | undefined): string | undefined {
  for (const known of cache?.keys() ?? []) if (known.startsWith(`lib${name}.so`)) return known;
  return undefined;
}

/** A name that is searched and found where the loader looks without anybody's help. */
function isInImage({ tree }: AuditFacts, name: string, cache: LdCacheIndex | undefined): boolean {
  return cache?.has(name) === true || tree.resolve(`usr/lib/${name}`) !== undefined;
}

/** Undefined: it never happens. */
function weaker(level: Level, { typing, deferred, guard }: ImportContext): Level | undefined {
  if (typing) return undefined;
  if (guard !== "none" || level === "optional") return "optional";
  return deferred ? "deferred" : level;
}

/** Programs that reached sources start by a literal name. */
export function startedBySources(
  facts: AuditFacts,
  { reach, reasons }: PythonUse,
): readonly { readonly name: string; readonly reason: Reason }[] {
  return [...reach.modules.values()].flatMap(({ module, found }) => {
    const path = fileOf(found);
    const reason = reasons.of(module);
    if (path === undefined || reason === undefined) return [];
    return (sourceOf(found, facts.sourceAt)?.programs ?? []).map(({ name, line }) => ({
      name,
      reason: { what: "starts", name, at: `${path}:${line}`, because: reason } as const,
    }));
  });
}
