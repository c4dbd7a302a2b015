import { shortDigest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { Root } from "../../core/blueprint/blueprint.ts";
import type { PinnedRoot } from "../../core/blueprint/lock.ts";
import { formatImageRef } from "../../core/oci/reference.ts";
import type { Fleet } from "../load-fleet.ts";
import { rootRef } from "../root-ref.ts";
import { type Answer, type Check, failure, ok, unknown, warning } from "./check.ts";
import type { Ground } from "./ground.ts";

const LOCK = "lapstrake lock";

/** One check for each root of the blueprint; none where there is no blueprint that can be read. */
export function rootChecks(ground: Ground): readonly Check[] {
  if (ground.fleet.state !== "loaded") return [];
  const { fleet } = ground.fleet;
  return fleet.blueprint.roots.map((root) => ({
    ids: [`root:${root.name}`],
    area: "environment",
    late: "failure",
    fix: LOCK,
    run: async (signal) => [await look({ ground, fleet, root }, signal)],
  }));
}

interface Looked {
  readonly ground: Ground;
  readonly fleet: Fleet;
  readonly root: Root;
}

/** Is the root locked, by which source, and does its digest resolve now? */
async function look({ ground, fleet, root }: Looked, signal: AbortSignal): Promise<Answer> {
  const id = `root:${root.name}`;
  const locked = fleet.lock?.roots[root.name];
  if (locked === undefined) {
    const finding = `${fleet.lockFile} does not pin it`;
    if (!isUsed(fleet, root.name)) return warning(id, `${finding} (and no image uses it)`, LOCK);
    return { ...failure(id, finding, LOCK), area: "configuration" };
  }
  if ("unavailable" in locked) {
    return warning(id, `could not be had when it was locked: ${locked.unavailable}`, LOCK);
  }
  const wanted = formatImageRef(root.image);
  if (locked.image !== wanted) {
    const finding = `the blueprint says ${wanted}, ${fleet.lockFile} pins ${locked.image}`;
    return { ...warning(id, finding, LOCK), area: "configuration" };
  }
  const host = fleet.place.host;
  if (host === undefined && locked.source === "bootstrap") {
    return unknown(id, `${describe(locked)}; there is no registry to look for it in`, ground.engineUp);
  }
  return resolve(ground, { id, ref: rootRef(fleet, host ?? "", root.name, locked), locked }, signal);
}

async function resolve(
  { registry }: Ground,
  { id, ref, locked }: { id: string; ref: ReturnType<typeof rootRef>; locked: PinnedRoot },
  signal: AbortSignal,
): Promise<Answer> {
  const place = `${ref.host}/${ref.repository}`;
  try {
    const found = await registry.resolve(ref, { signal });
    if (found?.digest === locked.digest) return ok(id, `${describe(locked)}; ${place} has it`);
    return failure(id, `${describe(locked)}, but ${place} does not have it any more`, LOCK);
  } catch (error) {
    if (signal.aborted || !(error instanceof LapstrakeError)) throw error;
    return failure(id, `${describe(locked)}, but ${error.message}`, error.hint ?? LOCK);
  }
}

function describe({ source, from, digest }: PinnedRoot): string {
  const how = source === "bootstrap" ? "made by its bootstrap recipe" : `from ${source} ${from}`;
  return `locked to ${shortDigest(digest)}, ${how}`;
}

function isUsed({ graph }: Fleet, name: string): boolean {
  return [...graph.nodes.values()].some(({ parents }) =>
    parents.some((edge) => edge.kind === "root" && edge.name === name),
  );
}
