import type { Digest } from "../core/base/digest.ts";
import type { ReleaseBody } from "../core/record/kinds.ts";
import { newestRelease } from "./last-release.ts";
import { planFleet } from "./plan-fleet.ts";
import { EVERYTHING } from "./survey-fleet.ts";
import type { World } from "./world.ts";

/**
 * `released`: what this tree makes is what the last release holds. `built`: it stands in the registry, but the last
 * release holds another or none. `stale`: it would be built. `unavailable`: a root cannot be had here.
 */
export type ImageStatus = "released" | "built" | "stale" | "unavailable";

export interface StatusRow {
  readonly name: string;
  readonly status: ImageStatus;
  /** What this tree makes, where it stands. */
  readonly digest: Digest | undefined;
  /** What the last release holds. */
  readonly released: Digest | undefined;
}

export interface StatusReport {
  readonly release: ReleaseBody | undefined;
  readonly rows: readonly StatusRow[];
  /** Released, but no longer in the blueprint. */
  readonly gone: readonly string[];
}

/** Digests are compared, never tags: a new commit that touches no input leaves everything released. */
export async function status(world: World): Promise<StatusReport> {
  const planned = await planFleet(world, EVERYTHING);
  const release = await newestRelease(planned);
  const held = new Map(release?.images.map((image) => [image.name, image.digest]));
  const rows = planned.plan.images.map((image): StatusRow => {
    const released = held.get(image.name);
    return {
      name: image.name,
      status: statusOf(image.action, image.digest, released),
      digest: image.digest,
      released,
    };
  });
  const names = new Set(planned.plan.images.map(({ name }) => name));
  return { release, rows, gone: [...held.keys()].filter((name) => !names.has(name)) };
}

function statusOf(
  action: "reuse" | "build" | "wait" | "unavailable",
  digest: Digest | undefined,
  released: Digest | undefined,
): ImageStatus {
  if (action === "unavailable") return "unavailable";
  if (action !== "reuse") return "stale";
  return released !== undefined && digest === released ? "released" : "built";
}
