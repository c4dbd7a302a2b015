import type { FileTree } from "../../audit/image/file-tree.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import type { AuditSurroundings, ChildUse } from "./audit-image.ts";
import { askedExtras, requirementsOf } from "./distribution-requirements.ts";
import type { DistributionUse } from "./image-audit.ts";
import type { ImageUse, Want } from "./image-use.ts";
import type { Reason } from "./reason.ts";

/** Which distributions of an environment are imported, linked to, or required by one of those. */
export function distributionUses(
  use: ImageUse,
  environment: PythonEnvironment,
  { machine, children, commands = [] }: AuditSurroundings,
): readonly DistributionUse[] {
  const own = environment.distributions.filter(({ vendoredBy }) => vendoredBy === undefined);
  const wants = distributionWants(use, environment, children);
  const used = new Set(wants.keys());
  const required = new Map<Distribution, Reason>();
  const needs = requirementsOf(environment, { machine, asked: askedExtras(commands) });
  for (const each of used) {
    for (const { from, by } of needs)
      if (from === each && by !== undefined && !used.has(by)) {
        used.add(by);
        required.set(by, { what: "distribution", name: from.name });
      }
  }
  const isOpen = use.uncertain.some(({ what }) => what === "import");
  return own.map((each): DistributionUse => {
    const want = wants.get(each);
    const reason = want?.reason ?? required.get(each);
    const judged = want?.use ?? (reason === undefined ? (isOpen ? "uncertain" : "unused") : "required");
    return {
      name: each.name,
      version: each.version,
      environment: environment.venv ?? environment.interpreter,
      use: judged,
      level: want?.level,
      bytes: bytesOf(
        use.facts.tree,
        each.files.map(({ path }) => path),
      ),
      reason,
    };
  });
}

interface DistributionWant {
  readonly use: "imported" | "linked";
  readonly level: Want["level"];
  readonly reason: Reason;
}

/** Where nothing is started, an image's own imports are those of everything that is installed, which say nothing of use. */
function distributionWants(
  own: ImageUse,
  environment: PythonEnvironment,
  children: readonly ChildUse[],
): ReadonlyMap<Distribution, DistributionWant> {
  const owner = new Map<string, Distribution>();
  for (const each of environment.distributions)
    for (const { path } of each.vendoredBy === undefined ? each.files : [])
      if (!owner.has(path)) owner.set(path, each);
  const startedBelow = children.filter(({ use }) => use.python.some(({ isStarted }) => isStarted));
  const isStarted = own.python.some((each) => each.environment === environment && each.isStarted);
  const from =
    isStarted || startedBelow.length === 0 ? [{ name: undefined, use: own }, ...startedBelow] : startedBelow;
  const wants = new Map<Distribution, DistributionWant>();
  for (const { name, use } of from) {
    for (const [path, { level, reason, use: how }] of use.files) {
      const wanted = owner.get(path);
      if (wanted === undefined || wants.has(wanted) || how === "uncertain") continue;
      const isLinked = reason.what === "library";
      wants.set(wanted, {
        use: isLinked ? "linked" : "imported",
        level,
        reason: name === undefined ? reason : { what: "child", name, because: reason },
      });
    }
  }
  return wants;
}

/** Of the files that are there. */
function bytesOf(tree: FileTree, paths: readonly string[]): number {
  let bytes = 0;
  for (const path of paths) {
    const file = tree.at(path);
    if (file?.type === "file") bytes += file.size;
  }
  return bytes;
}
