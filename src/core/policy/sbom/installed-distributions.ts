import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { readDistributions } from "../../audit/python/read-distributions.ts";
import type { AuditFacts } from "../audit/audit-facts.ts";

export interface InstalledDistribution {
  readonly distribution: Distribution;
  /** The interpreter that finds it; undefined where it lies where none looks. */
  readonly environment: PythonEnvironment | undefined;
}

/** All distributions of an image, each place once: what interpreters find, and what lies anywhere else. */
export function installedDistributions({ tree, environments }: AuditFacts): readonly InstalledDistribution[] {
  const found = new Map<string, InstalledDistribution>();
  for (const environment of environments)
    for (const distribution of environment.distributions)
      if (!found.has(distribution.metadata)) found.set(distribution.metadata, { distribution, environment });
  const others: string[] = [];
  for (const [path, { type }] of tree.walk()) {
    const isFolder = path.endsWith(".dist-info") || path.endsWith(".egg/EGG-INFO");
    const isMetadata = isFolder ? type === "directory" : path.endsWith(".egg-info");
    if (isMetadata && !found.has(path)) others.push(path);
  }
  for (const distribution of readDistributions(tree, others).distributions)
    found.set(distribution.metadata, { distribution, environment: undefined });
  return [...found.values()];
}
