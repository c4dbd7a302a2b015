import type { InstalledPackage } from "../../audit/dpkg/package-database.ts";
import { indexLdCache } from "../../audit/loader/ld-cache-index.ts";
import type { Distribution } from "../../audit/python/environment.ts";
import type { AuditFacts } from "../audit/audit-facts.ts";
import { linkUse, type Opening } from "../audit/link-use.ts";
import type { InstalledDistribution } from "./installed-distributions.ts";

export interface NativeEdge {
  readonly from: Distribution;
  readonly to: Distribution | InstalledPackage;
}

/**
 * Which packages and distributions a distribution's native files load, as the loader of the image finds them when its
 * interpreter opens every one. What the metadata of Python never say.
 */
export function nativeEdges(
  facts: AuditFacts,
  distributions: readonly InstalledDistribution[],
): readonly NativeEdge[] {
  const cache = indexLdCache(facts);
  const owners = new Map(
    distributions.flatMap(({ distribution }) =>
      distribution.files.map(({ path }) => [path, distribution] as const),
    ),
  );
  const edges: NativeEdge[] = [];
  for (const environment of facts.environments) {
    const openings = distributions.flatMap((each) =>
      each.environment === environment ? extensionsOf(facts, each.distribution) : [],
    );
    if (openings.length === 0) continue;
    const reason = { what: "interpreter", name: environment.interpreter } as const;
    const { trace } = linkUse(facts, { program: environment.interpreter, reason, openings, cache });
    for (const { from, outcome, kind } of trace.edges) {
      const owner = owners.get(from);
      if (owner === undefined || kind === "opened" || !("path" in outcome)) continue;
      const own = owners.get(outcome.path);
      const targets = own === undefined ? (facts.packages?.ownersOf(outcome.path) ?? []) : [own];
      edges.push(...targets.map((to) => ({ from: owner, to })));
    }
  }
  return edges;
}

/** Shared objects; a program beside them is started by itself and opened by nobody. */
function extensionsOf({ elfAt }: AuditFacts, { files, name }: Distribution): readonly Opening[] {
  return files.flatMap(({ path }): Opening[] =>
    /\.so(?:\.|$)/.test(path) && elfAt(path) !== undefined
      ? [{ target: path, level: "optional", reason: { what: "distribution", name } }]
      : [],
  );
}
