import { closureOf } from "../../audit/dpkg/closure.ts";
import { isBase } from "../../audit/dpkg/dependency-graph.ts";
import { sizesOf } from "../../audit/dpkg/package-sizes.ts";
import { removals } from "../../audit/dpkg/removal.ts";
import type { FileTree } from "../../audit/image/file-tree.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { type BuildStep, buildWants } from "./build-uses.ts";
import { distributionMismatches } from "./distribution-mismatches.ts";
import { requirementsOf } from "./distribution-requirements.ts";
import { type GpuMachine, gpuCode } from "./gpu-code.ts";
import type { DistributionUse, ImageAudit, Mismatch, PackageUse } from "./image-audit.ts";
import type { ImageUse, Want } from "./image-use.ts";
import { whyKept } from "./kept-packages.ts";
import type { InstructionPlace } from "./layer-origins.ts";
import { hostLibraries, missingOf } from "./missing.ts";
import type { Reason } from "./reason.ts";

/** An image that is built on this one, with what it uses. */
export interface ChildUse {
  readonly name: string;
  readonly use: ImageUse;
  /** It is built directly on it; the others on one of those. */
  readonly direct: string;
}

export interface AuditSurroundings {
  readonly machine: string;
  readonly children: readonly ChildUse[];
  /** What building those runs. */
  readonly steps: readonly BuildStep[];
  /** Of each package, by id, where it was brought in. */
  readonly originOf: (id: string) => BroughtBy | undefined;
  /** Of its fleet; none where it is not of one. */
  readonly machines: readonly GpuMachine[];
  /** In its fleet; undefined for any other image. */
  readonly name: string | undefined;
}

export interface BroughtBy {
  readonly layer: number;
  readonly instruction: InstructionPlace | undefined;
}

/** What an image needs, has, lacks and wastes; what images built on it use of it counts as used. */
export function auditImage(use: ImageUse, surroundings: AuditSurroundings): ImageAudit {
  const wants = packageWants(use, surroundings);
  const target = { machine: surroundings.machine, glibc: glibcOf(use) };
  const mismatches = [
    ...use.facts.environments.flatMap((environment) =>
      distributionMismatches(use.facts.tree, environment, target),
    ),
    ...versionMismatches(use),
    ...use.mismatches,
    ...oneChildOnly(use, wants, surroundings),
  ];
  return {
    packages: packageUses(use, wants, surroundings),
    distributions: use.python.flatMap((each) => distributionUses(use, each.environment, surroundings)),
    missing: missingOf(use),
    host: hostLibraries(use),
    mismatches: unique(mismatches, ({ rule, subject, message }) => `${rule} ${subject} ${message}`),
    uncertain: use.uncertain,
    loads: use.links.map(({ trace }) => trace),
    gpu: gpuCode(use.facts.gpu, surroundings.machines),
    unread: use.facts.unread.map(({ path, why }) => ({ path, why })),
  };
}

interface PackageWant extends Want {
  /** Direct children whose images want it. */
  readonly children: ReadonlySet<string>;
  readonly own: boolean;
}

function packageWants(
  { packages, facts }: ImageUse,
  { children, steps }: AuditSurroundings,
): ReadonlyMap<string, PackageWant> {
  const wants = new Map<string, PackageWant>();
  for (const [key, want] of packages) wants.set(key, { ...want, own: true, children: new Set() });
  for (const { name, use, direct } of children) {
    for (const [key, { reason, ...want }] of use.packages) {
      const known = wants.get(key);
      const because: Reason = { what: "child", name, because: reason };
      const isBetter = known === undefined || (known.use === "uncertain" && want.use !== "uncertain");
      const base = isBetter ? { ...want, reason: because } : known;
      const by = want.use === "uncertain" ? (known?.children ?? []) : [...(known?.children ?? []), direct];
      wants.set(key, { ...base, own: known?.own ?? false, children: new Set(by) });
    }
  }
  for (const [path, want] of buildWants(facts, steps)) {
    for (const owner of facts.packages?.ownersOf(path) ?? []) {
      const known = wants.get(owner.id);
      if (known === undefined || known.use === "uncertain")
        wants.set(owner.id, { ...want, own: true, children: new Set() });
    }
  }
  return wants;
}

function packageUses(
  use: ImageUse,
  wants: ReadonlyMap<string, PackageWant>,
  { originOf }: AuditSurroundings,
): readonly PackageUse[] {
  const { dependencies } = use;
  const { packages: database, tree } = use.facts;
  if (dependencies === undefined || database === undefined) return [];
  const roots = new Map<string, Pick<PackageUse, "use" | "reason">>();
  for (const [id, each] of database.packages) {
    const want = wants.get(id);
    const kept = whyKept(each.name);
    if (want !== undefined && want.use !== "uncertain") roots.set(id, { use: want.use, reason: want.reason });
    else if (isBase(each)) roots.set(id, { use: "base", reason: undefined });
    else if (want !== undefined) roots.set(id, { use: "uncertain", reason: want.reason });
    else if (kept !== undefined) roots.set(id, { use: "kept", reason: { what: "kept", name: kept } });
  }
  const { kept } = closureOf(dependencies, roots.keys());
  const removal = removals(dependencies);
  return [...database.packages].map(([id, each]): PackageUse => {
    const because = kept.get(id)?.because;
    const judged =
      roots.get(id) ??
      (because?.kind === "depends"
        ? {
            use: "depends" as const,
            reason: { what: "depends", name: because.by, at: because.text } as const,
          }
        : { use: "unused" as const, reason: undefined });
    const origin = originOf(id);
    const { broken = [], unneeded } = judged.use === "unused" ? removal.of(id) : {};
    return {
      name: each.name,
      version: each.version,
      ...judged,
      bytes: sizesOf(database, tree, [each]).bytes,
      layer: origin?.layer,
      instruction: origin?.instruction,
      alsoRemoved: [...broken, ...(unneeded ?? [])],
    };
  });
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

function glibcOf({ facts }: ImageUse): string | undefined {
  const libc = [...(facts.packages?.packages.values() ?? [])].find(({ name }) => name === "libc6");
  return /^\d+\.\d+/.exec(libc?.version ?? "")?.[0];
}

function versionMismatches({ links }: ImageUse): readonly Mismatch[] {
  return links.flatMap(({ trace, objects }) =>
    trace.versions.map(({ from, library, path, version, severity }): Mismatch => {
      const reason = objects.get(from)?.reason;
      return {
        rule: "symbol-version",
        subject: `/${from}`,
        message: `it wants ${version} of ${library}, and /${path} does not have it`,
        severity: severity === "fatal" ? "error" : "warning",
        ...(reason === undefined ? {} : { reason }),
      };
    }),
  );
}

/** A package that this image brings and that only the images below one child use: it belongs there. */
function oneChildOnly(
  { facts }: ImageUse,
  wants: ReadonlyMap<string, PackageWant>,
  { children, originOf, name }: AuditSurroundings,
): readonly Mismatch[] {
  const direct = new Set(children.map((each) => each.direct));
  if (direct.size < 2) return [];
  return [...(facts.packages?.packages ?? [])].flatMap(([key, each]): Mismatch[] => {
    const want = wants.get(key);
    if (
      want === undefined ||
      want.own ||
      want.children.size !== 1 ||
      isBase(each) ||
      // What its own base brought is a matter of the base.
      name === undefined ||
      originOf(key)?.instruction?.image !== name
    )
      return [];
    const [child = ""] = want.children;
    return [
      {
        rule: "one-child",
        subject: each.name,
        message: `only ${child} and what is built on it use it, of ${direct.size} images built on this one: install it there`,
        severity: "warning",
        reason: want.reason,
      },
    ];
  });
}

function distributionUses(
  use: ImageUse,
  environment: PythonEnvironment,
  { machine, children }: AuditSurroundings,
): readonly DistributionUse[] {
  const own = environment.distributions.filter(({ vendoredBy }) => vendoredBy === undefined);
  const wants = distributionWants(use, environment, children);
  const used = new Set(wants.keys());
  const required = new Map<string, Reason>();
  const needs = requirementsOf(environment, machine);
  for (const name of used) {
    for (const { from, by } of needs)
      if (from.key === name && by !== undefined && !used.has(by.key)) {
        used.add(by.key);
        required.set(by.key, { what: "distribution", name: from.name });
      }
  }
  const isOpen = use.uncertain.some(({ what }) => what === "import");
  return own.map((each): DistributionUse => {
    const want = wants.get(each.key);
    const reason = want?.reason ?? required.get(each.key);
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

/** By key. Where nothing is started, an image's own imports are those of everything that is installed, which say nothing of use. */
function distributionWants(
  own: ImageUse,
  environment: PythonEnvironment,
  children: readonly ChildUse[],
): ReadonlyMap<string, DistributionWant> {
  const owner = new Map<string, Distribution>();
  for (const each of environment.distributions)
    if (each.vendoredBy === undefined) for (const { path } of each.files) owner.set(path, each);
  const startedBelow = children.filter(({ use }) => use.python.some(({ isStarted }) => isStarted));
  const isStarted = own.python.some((each) => each.environment === environment && each.isStarted);
  const from =
    isStarted || startedBelow.length === 0 ? [{ name: undefined, use: own }, ...startedBelow] : startedBelow;
  const wants = new Map<string, DistributionWant>();
  for (const { name, use } of from) {
    for (const [path, { level, reason, use: how }] of use.files) {
      const key = owner.get(path)?.key;
      if (key === undefined || wants.has(key) || how === "uncertain") continue;
      const isLinked = reason.what === "library";
      wants.set(key, {
        use: isLinked ? "linked" : "imported",
        level,
        reason: name === undefined ? reason : { what: "child", name, because: reason },
      });
    }
  }
  return wants;
}

function unique<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
