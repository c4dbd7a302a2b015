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
  return environment.distributions.map((each): DistributionUse => {
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
  const ownerOf = ownership(environment);
  const startedBelow = children.filter(({ use }) => use.startsPython);
  const isStarted = own.python.some((each) => each.environment === environment && each.isStarted);
  const from =
    isStarted || startedBelow.length === 0 ? [{ name: undefined, use: own }, ...startedBelow] : startedBelow;
  const wants = new Map<Distribution, DistributionWant>();
  for (const { name, use } of from) {
    for (const [path, { level, reason, use: how }] of use.files) {
      const wanted = ownerOf(path);
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

/** Whose a file is: by the lists of distributions, else by the project of an editable one, the deepest first. */
export function ownership({ distributions }: Pick<PythonEnvironment, "distributions">) {
  const owners = new Map<string, Distribution>();
  for (const each of distributions)
    for (const { path } of each.files) if (!owners.has(path)) owners.set(path, each);
  const projects = distributions
    .flatMap((each) => (each.project === undefined ? [] : [{ each, folder: `${each.project}/` }]))
    .sort((one, other) => other.folder.length - one.folder.length);
  return (path: string): Distribution | undefined => {
    const owner = owners.get(path);
    // A virtual environment may lie in the project: what is installed there is not of it.
    if (owner !== undefined || projects.length === 0 || INSTALLED.test(path)) return owner;
    return projects.find(({ folder }) => path.startsWith(folder))?.each;
  };
}

const INSTALLED = /(?:^|\/)(?:site|dist)-packages\//;

/** Of the files that are there. */
function bytesOf(tree: FileTree, paths: readonly string[]): number {
  let bytes = 0;
  for (const path of paths) {
    const file = tree.at(path);
    if (file?.type === "file") bytes += file.size;
  }
  return bytes;
}
