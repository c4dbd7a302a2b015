import type { Digest } from "../../core/base/digest.ts";
import { previousTag } from "../../core/blueprint/tag-form.ts";
import type { PreviousImage, ReleasedImage } from "../../core/record/kinds.ts";
import { FlowError, type FlowProblem } from "../error.ts";
import type { ReleaseSource } from "../last-release.ts";
import type { World } from "../world.ts";
import { type KnownRelease, knownReleases } from "./known-releases.ts";
import { type Placement, putAllTags } from "./put-tags.ts";

export interface Released {
  readonly tag: string;
  readonly images: readonly Pick<ReleasedImage, "name" | "repository">[];
}

/**
 * By image, what the newest release of another tag that passed its gates held (`known` from the oldest on). An image
 * that none of them held has no predecessor; one that is no longer released keeps the tags that it has.
 */
export function predecessorsOf(
  { tag, images }: Released,
  known: readonly KnownRelease[],
): readonly PreviousImage[] {
  const earlier = known.filter((release) => release.tag !== tag && passed(release)).toReversed();
  return images.flatMap(({ name, repository }) => {
    for (const release of earlier) {
      const held = release.images.find((image) => image.repository === repository);
      if (held !== undefined) return [{ name, repository, digest: held.digest, release: release.tag }];
    }
    return [];
  });
}

/** A release is only made where no gate denied it; a record that says otherwise is nobody's way back. */
function passed({ gates }: KnownRelease): boolean {
  return gates.every(({ outcome }) => outcome !== "denied");
}

/**
 * Puts `TAG-prev` on each image's predecessor, and gives what stands there. It is written once, as TAG itself: where a
 * run before this one put it, what it put is kept, also if another machine released since. Throws FlowError TAG_MOVED
 * where it stands on something that no release ever held.
 */
export async function tagPrevious(
  world: World,
  source: ReleaseSource,
  released: Released,
): Promise<readonly PreviousImage[]> {
  const known = await knownReleases(source);
  const tag = previousTag(released.tag);
  const { registry, host } = source;
  const options = { signal: world.kill };
  const looked = await Promise.all(
    released.images.map(async ({ repository }) => {
      const found = await registry.resolve({ host, repository, tag }, options);
      return [repository, found?.digest] as const;
    }),
  );
  const stands = new Map(looked);
  const settled = settle({ ...released, tag }, { known, stands, wanted: predecessorsOf(released, known) });
  const missing = settled.filter(({ repository }) => stands.get(repository) === undefined);
  const kept = await Promise.all(
    missing.map(async ({ repository, digest }) => registry.resolve({ host, repository, digest }, options)),
  );
  const gone = missing.filter((_, index) => kept[index] === undefined);
  for (const { name, release } of gone) {
    const message = `${name} has no ${tag}: what ${release} held of it is gone from the registry`;
    world.onEvent({ type: "note", level: "warning", message });
  }
  const placements = missing
    .filter((each) => !gone.includes(each))
    .map(
      ({ name, repository, digest }): Placement => ({
        image: name,
        repository,
        tag,
        digest,
        isPrevious: true,
      }),
    );
  await putAllTags(world, source, placements);
  tellPrevious(world, tag, placements.length);
  return settled.filter((each) => !gone.includes(each));
}

/** One line for all images: each has the line of its own tag. */
export function tellPrevious(world: Pick<World, "onEvent">, tag: string, count: number): void {
  if (count === 0) return;
  const message = `${tag} keeps what stood before, of ${count === 1 ? "1 image" : `${count} images`}`;
  world.onEvent({ type: "note", level: "info", message });
}

interface Looked {
  readonly known: readonly KnownRelease[];
  readonly stands: ReadonlyMap<string, Digest | undefined>;
  readonly wanted: readonly PreviousImage[];
}

/** What each `-prev` tag is to stand on: what it stands on already, where a release held that. */
function settle({ tag, images }: Released, { known, stands, wanted }: Looked): readonly PreviousImage[] {
  const strangers: FlowProblem[] = [];
  const settled = images.flatMap(({ name, repository }): PreviousImage[] => {
    const found = stands.get(repository);
    const own = wanted.find((each) => each.repository === repository);
    if (found === undefined || found === own?.digest) return own === undefined ? [] : [own];
    const holder = known.findLast((release) => holds(release, repository, found));
    if (holder !== undefined) return [{ name, repository, digest: found, release: holder.tag }];
    strangers.push({
      code: "TAG_MOVED",
      message: `${repository}:${tag} stands on ${found}, which no known release held${own === undefined ? "" : `; it belongs on ${own.digest} (${own.release})`}`,
      hint: "a -prev tag is the way back and is never moved: find out who put it there",
    });
    return [];
  });
  if (strangers.length === 0) return settled;
  throw new FlowError("TAG_MOVED", `${strangers.length} tag(s) ${tag} stand on unknown images`, {
    problems: strangers,
  });
}

function holds({ images }: KnownRelease, repository: string, digest: Digest): boolean {
  return images.some((image) => image.repository === repository && image.digest === digest);
}
