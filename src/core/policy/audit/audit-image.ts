import { closureOf } from "../../audit/dpkg/closure.ts";
import { isBase } from "../../audit/dpkg/dependency-graph.ts";
import { sizesOf } from "../../audit/dpkg/package-sizes.ts";
import { removals } from "../../audit/dpkg/removal.ts";
import type { PythonEnvironment } from "../../audit/python/environment.ts";
import type { AuditFacts } from "./audit-facts.ts";
import { bringers } from "./bringers.ts";
import { type BuildStep, buildWants } from "./build-uses.ts";
import { distributionMismatches } from "./distribution-mismatches.ts";
import { askedExtras } from "./distribution-requirements.ts";
import { distributionUses } from "./distribution-uses.ts";
import { type GpuMachine, gpuCode } from "./gpu-code.ts";
import type { ImageAudit, Mismatch, PackageUse } from "./image-audit.ts";
import type { ImageUse, Want } from "./image-use.ts";
import { importFaults } from "./import-faults.ts";
import { whyKept } from "./kept-packages.ts";
import type { InstructionPlace } from "./layer-origins.ts";
import { hostLibraries, missingOf } from "./missing.ts";
import type { Reason } from "./reason.ts";
import { sourceErrors } from "./source-errors.ts";
import { unreadMetadata } from "./unread-metadata.ts";
import type { TargetLibc } from "./wheel-tag.ts";

/** An image that is built on this one, with what it uses. */
export interface ChildUse {
  readonly name: string;
  readonly use: Pick<ImageUse, "packages" | "files"> & {
    /** It starts a program of Python: what it imports is what it needs. */
    readonly startsPython: boolean;
  };
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
  /** Shell texts that made it, as its history has them: which extras somebody asked for. */
  readonly commands?: readonly string[];
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
  const asked = askedExtras(surroundings.commands ?? []);
  const mismatches = [
    ...use.facts.environments.flatMap((environment) =>
      distributionMismatches(use.facts.tree, environment, {
        machine: surroundings.machine,
        libc: libcOf(use.facts, environment),
        asked,
      }),
    ),
    ...versionMismatches(use),
    ...sourceErrors(use),
    ...importFaults(use),
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
    unread: [
      ...use.facts.unread.map(({ path, why }) => ({ path, why })),
      ...use.facts.environments.flatMap(unreadMetadata),
    ],
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
  const needed = closureOf(dependencies, roots.keys()).kept;
  const unused = new Set([...database.packages.keys()].filter((id) => !needed.has(id)));
  // What is only kept for a rule's sake is no use of what brought it.
  const inUse = [...roots].filter(([, { use: why }]) => why !== "kept" && why !== "base").map(([id]) => id);
  const stays = new Set(closureOf(dependencies, inUse).kept.keys());
  for (const [id, name] of bringers(dependencies, { unused, stays }))
    roots.set(id, { use: "kept", reason: { what: "kept", name: `${name} is in use and came with it` } });
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

/** The one whose loader starts the interpreter. */
function libcOf(facts: AuditFacts, { interpreter }: PythonEnvironment): TargetLibc | undefined {
  const loader = facts.elfAt(interpreter)?.interpreter ?? "";
  if (/\/ld-musl-[^/]+$/.test(loader)) return { kind: "musl", version: undefined };
  const libc = [...(facts.packages?.packages.values() ?? [])].find(({ name }) => name === "libc6");
  const version = /^\d+\.\d+/.exec(libc?.version ?? "")?.[0];
  return version === undefined && !/\/ld-linux[^/]*$/.test(loader) ? undefined : { kind: "glibc", version };
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

function unique<Item>(items: readonly Item[], key: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
