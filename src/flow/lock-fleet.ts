import { join } from "node:path";
import { type Digest, digestOf } from "../core/base/digest.ts";
import { hasErrors } from "../core/base/finding.ts";
import { canonicalJson } from "../core/base/json.ts";
import type { Root } from "../core/blueprint/blueprint.ts";
import { formatLock } from "../core/blueprint/format-lock.ts";
import type { Lock, LockedIndex, LockedRoot } from "../core/blueprint/lock.ts";
import { formatImageRef } from "../core/oci/reference.ts";
import type { Bootstrapper } from "../edge/builder/bootstrap/port.ts";
import { findingsError } from "./error.ts";
import { type Fleet, loadFleet } from "./load-fleet.ts";
import { lockRoot } from "./lock-roots.ts";
import { pinnedRoot } from "./root-ref.ts";
import { requireHost } from "./survey-fleet.ts";
import type { World } from "./world.ts";

export interface LockChange {
  readonly root: string;
  readonly before: LockedRoot | undefined;
  readonly after: LockedRoot;
}

export interface LockReport {
  readonly file: string;
  readonly lock: Lock;
  readonly changes: readonly LockChange[];
  /** Of the package index, as it was locked before. */
  readonly indexBefore: Digest | undefined;
  readonly wrote: boolean;
  /** Roots that could not be had now, and keep the pin that they had. */
  readonly kept: readonly { readonly root: string; readonly why: string }[];
}

/** Resolves every root and the state of the package index, and writes lapstrake.lock where they moved. */
export async function lockFleet(world: World, options: { readonly dryRun: boolean }): Promise<LockReport> {
  const fleet = await loadFleet(world);
  if (hasErrors(fleet.findings)) throw findingsError(fleet.findings);
  const host = requireHost(fleet);
  const { build, platforms, roots } = fleet.blueprint;
  const registry = world.registry({ insecure: build.insecure, mirrors: build.mirrors });
  const bootstrapper = await world.bootstrapper(fleet.engine ?? world.engine());
  const locked: (readonly [string, LockedRoot])[] = [];
  const kept: LockReport["kept"][number][] = [];
  for (const root of roots) {
    world.onEvent({ type: "note", level: "info", message: `resolving root ${root.name}` });
    const { namespace } = fleet.place;
    const now = await lockRoot({ world, root, registry, bootstrapper, host, namespace, platforms });
    const pin = pinOf(fleet, root);
    if ("unavailable" in now && pin !== undefined) kept.push({ root: root.name, why: now.unavailable });
    locked.push([root.name, "unavailable" in now ? (pin ?? now) : now]);
  }
  const lock: Lock = {
    version: 1,
    roots: Object.fromEntries(locked),
    index: await lockIndex(world, fleet, bootstrapper),
  };
  const text = formatLock(lock);
  const moved = fleet.lock === undefined || formatLock(fleet.lock) !== text;
  if (moved && !options.dryRun) await world.writeFile(join(fleet.folder, fleet.lockFile), text);
  return {
    file: fleet.lockFile,
    lock,
    changes: locked.map(([root, after]) => ({ root, before: fleet.lock?.roots[root], after })),
    indexBefore: fleet.lock?.index.apt?.digest,
    wrote: moved && !options.dryRun,
    kept,
  };
}

/** What the lock pins for the root as the blueprint names it now: a registry out of reach must not undo it. */
function pinOf(fleet: Fleet, root: Root): LockedRoot | undefined {
  const pin = pinnedRoot(fleet, root.name);
  return pin?.image === formatImageRef(root.image) ? pin : undefined;
}

/** The package index of every suite that a root names; none where no image installs from apt. */
async function lockIndex(world: World, fleet: Fleet, bootstrapper: Bootstrapper): Promise<LockedIndex> {
  const usesApt = [...fleet.graph.nodes.values()].some(
    ({ declared, dockerfile }) => declared.apt ?? dockerfile.usesApt,
  );
  const suites = new Set(fleet.blueprint.roots.flatMap((root) => root.bootstrap?.suite ?? []));
  if (!usesApt || suites.size === 0) return {};
  const read = await Promise.all([...suites].map((suite) => bootstrapper.aptIndex(suite, world.kill)));
  const all = Object.assign({}, ...read) as Awaited<ReturnType<Bootstrapper["aptIndex"]>>;
  return { apt: { suites: all, digest: digestOf(canonicalJson(all)) } };
}
