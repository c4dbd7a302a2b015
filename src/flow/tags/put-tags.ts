import type { Digest } from "../../core/base/digest.ts";
import type { Registry, StoredManifest } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import type { World } from "../world.ts";

/** A tag to be put on a manifest that stands in the same repository. */
export interface Placement {
  /** Whom progress is told of. */
  readonly image: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** A channel, or its `-prev`. All other tags are promises: where one stands on something else, it is left there. */
  readonly isMutable?: true;
  /** The way back, put beside a tag that people look for. */
  readonly isPrevious?: true;
}

export interface Place {
  readonly registry: Registry;
  readonly host: string;
}

/** A placement that did not come to stand, and why. */
export interface Misplaced {
  readonly placement: Placement;
  readonly error: unknown;
}

export interface PutReport {
  readonly placed: readonly Placement[];
  readonly failed: readonly Misplaced[];
}

type Told = Pick<World, "kill" | "onEvent">;

/**
 * Puts each manifest's own bytes under its tag: no layer is sent, no byte changes. All bytes are read before the first
 * tag is touched, so that content that is gone changes nothing, and the time in which some tags are old and some new is
 * that of the PUTs alone. Each tag is asked for right before, so that no promise is moved, and afterwards: registries
 * have said 201 and lost what they took. Settles when no request is open any more.
 */
export async function putTags(
  world: Told,
  place: Place,
  placements: readonly Placement[],
): Promise<PutReport> {
  const read = await Promise.allSettled(
    placements.map(async (placement) => ({
      placement,
      content: await readContent(world, place, placement),
    })),
  );
  const contents = read.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  if (contents.length < placements.length) return { placed: [], failed: misplaced(placements, read) };
  const put = await Promise.allSettled(contents.map((each) => putTag(world, place, each)));
  const failed = misplaced(placements, put);
  const lost = new Set(failed.map(({ placement }) => placement));
  return { placed: placements.filter((each) => !lost.has(each)), failed };
}

/** The same, but the first that does not stand is thrown. */
export async function putAllTags(world: Told, place: Place, placements: readonly Placement[]): Promise<void> {
  const { failed } = await putTags(world, place, placements);
  if (failed[0] !== undefined) throw failed[0].error;
}

function misplaced(
  placements: readonly Placement[],
  settled: readonly PromiseSettledResult<unknown>[],
): readonly Misplaced[] {
  return placements.flatMap((placement, index) => {
    const result = settled[index];
    return result?.status === "rejected" ? [{ placement, error: result.reason as unknown }] : [];
  });
}

async function readContent(
  { kill }: Pick<World, "kill">,
  { registry, host }: Place,
  { repository, digest }: Placement,
): Promise<StoredManifest> {
  const stored = await registry.readManifest({ host, repository, digest }, { signal: kill });
  if (stored !== undefined) return stored;
  throw new FlowError("PARENT_MISSING", `${repository}@${digest} is gone from the registry`, {
    hint: "`lapstrake release` at its commit builds it anew",
  });
}

const TRIES = 2;

async function putTag(
  { kill, onEvent }: Told,
  { registry, host }: Place,
  { placement, content }: { readonly placement: Placement; readonly content: StoredManifest },
): Promise<void> {
  const { image, repository, tag, digest, isMutable, isPrevious } = placement;
  const options = { signal: kill };
  const look = async (): Promise<Digest | undefined> =>
    (await registry.resolve({ host, repository, tag }, options))?.digest;
  // Once more, right before the PUT: between the caller's look and this one another machine may have put it.
  let found = isMutable ? undefined : await look();
  if (found !== undefined && found !== digest) throw movedError(placement, found);
  for (let left = TRIES; left > 0 && found !== digest; left--) {
    const { bytes, descriptor } = content;
    await registry.putManifest({ host, repository, tag }, bytes, descriptor.mediaType, options);
    found = await look();
    // Another machine was faster by a hair: a second PUT would move its promise.
    if (!isMutable && found !== undefined) break;
  }
  if (found !== digest) throw lostError(host, placement, found);
  onEvent({ type: isPrevious === true ? "tagged-previous" : "tagged", image, tag, digest });
}

function movedError({ repository, tag, digest }: Placement, found: Digest): FlowError {
  return new FlowError(
    "TAG_MOVED",
    `${repository}:${tag} stands on ${found} since a moment ago, this run would move it to ${digest}`,
    {
      hint: "a tag is a promise and is never moved: another machine puts the same tag; run again to see its release",
    },
  );
}

function lostError(
  host: string,
  { repository, tag, digest }: Placement,
  found: Digest | undefined,
): FlowError {
  const now = found === undefined ? "is not there" : `stands on ${found}`;
  return new FlowError("TAG_LOST", `${host} took ${repository}:${tag} for ${digest}, and then it ${now}`, {
    hint: "run the same command again; where it stays so, the registry loses what it takes, or another machine moves the same tag",
  });
}
