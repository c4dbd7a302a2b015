import { isKind } from "../core/record/entry.ts";
import type { ReleasedImage } from "../core/record/kinds.ts";
import { FlowError, type FlowProblem } from "./error.ts";
import type { SurveyedFleet } from "./survey-fleet.ts";
import { putAllTags } from "./tags/put-tags.ts";
import type { World } from "./world.ts";

/** Where tags are looked at and put, and the ledger that remembers who put them. */
type TagPlace = Pick<SurveyedFleet, "registry" | "host" | "state">;

export interface TagInputs {
  readonly tag: string;
  readonly images: readonly ReleasedImage[];
  readonly signal?: AbortSignal;
}

/**
 * The images whose tag does not stand yet. A tag that stands on another digest is a broken promise: TAG_MOVED with both
 * digests and the release that made each, before any tag is touched.
 */
export async function checkTags(
  planned: TagPlace,
  { tag, images, signal }: TagInputs,
): Promise<readonly ReleasedImage[]> {
  const options = signal === undefined ? {} : { signal };
  const found = await Promise.all(
    images.map(async ({ repository }) => {
      const descriptor = await planned.registry.resolve({ host: planned.host, repository, tag }, options);
      return descriptor?.digest;
    }),
  );
  const moved = images.filter((image, index) => found[index] !== undefined && found[index] !== image.digest);
  if (moved.length > 0) throw await movedError(planned, { tag, moved, images, found });
  return images.filter((_, index) => found[index] === undefined);
}

interface Moved {
  readonly tag: string;
  readonly moved: readonly ReleasedImage[];
  readonly images: readonly ReleasedImage[];
  readonly found: readonly (string | undefined)[];
}

async function movedError(planned: TagPlace, { tag, moved, images, found }: Moved): Promise<FlowError> {
  const releases = (await planned.state.ledger.read()).filter((entry) => isKind(entry, "release"));
  const problems = moved.map((image): FlowProblem => {
    const stands = found[images.indexOf(image)];
    const makers = releases.filter(({ body }) =>
      body.images.some((each) => each.repository === image.repository && each.digest === stands),
    );
    const maker = makers.find(({ body }) => body.tag === tag) ?? makers[0];
    const origin =
      maker === undefined
        ? "no release in this ledger made it"
        : `released as ${maker.body.tag} at ${maker.time}`;
    return {
      code: "TAG_MOVED",
      message: `${image.repository}:${tag} stands on ${stands} (${origin}), this release would move it to ${image.digest}`,
      hint: "a tag is a promise and is never moved: commit the change, so that it gets a tag of its own",
    };
  });
  return new FlowError("TAG_MOVED", `${moved.length} tag(s) ${tag} stand on other digests`, { problems });
}

/**
 * Puts each content manifest's own bytes under the tag and proves that they stand there. The first error is thrown when
 * no request is open any more; the same call made again puts what is still missing.
 */
export function moveTags(
  world: World,
  place: TagPlace,
  { tag, images }: Omit<TagInputs, "signal">,
): Promise<void> {
  return putAllTags(
    world,
    place,
    images.map(({ name, repository, digest }) => ({ image: name, repository, tag, digest })),
  );
}
