import type { Level } from "../../audit/reach/reach-modules.ts";
import type { ImageUse } from "./image-use.ts";
import type { Reason } from "./reason.ts";

/** Each file that an image's own use reaches, and which file loads which: what chains are made of, for whoever follows them. */
export interface Reached {
  /** Sorted by path. */
  readonly files: readonly ReachedFile[];
  /** By the lists of needed libraries; each pair once. */
  readonly loads: readonly Load[];
}

export interface ReachedFile {
  /** Plain, from the image's root, as all paths here. */
  readonly path: string;
  readonly level: Level;
  /** The surest way that leads to it; there may be others. */
  readonly reason: Reason;
  /** Whose file it is: names, as in the audit's lists. */
  readonly package: string | undefined;
  readonly distribution: string | undefined;
}

export interface Load {
  readonly from: string;
  readonly to: string;
}

export function reachedByPath({ files, python, facts, links }: ImageUse): Reached {
  const distributions = new Map<string, string>();
  for (const { environment } of python)
    for (const each of environment.distributions)
      if (each.vendoredBy === undefined)
        for (const { path } of each.files) distributions.set(path, each.name);
  const loads = new Map<string, Load>();
  for (const { trace } of links)
    for (const { from, outcome, kind } of trace.edges) {
      if (kind === "opened" || (outcome.state !== "found" && outcome.state !== "loaded")) continue;
      loads.set(`${from}\0${outcome.path}`, { from, to: outcome.path });
    }
  const reached = [...files].map(
    ([path, { level, reason }]): ReachedFile => ({
      path,
      level,
      reason,
      package: facts.packages?.ownersOf(path)[0]?.name,
      distribution: distributions.get(path),
    }),
  );
  return { files: reached.sort((a, b) => (a.path < b.path ? -1 : 1)), loads: [...loads.values()] };
}
