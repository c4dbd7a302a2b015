import { type Digest, shortDigest } from "../../core/base/digest.ts";
import { formatImageRef } from "../../core/oci/reference.ts";
import { FlowError, type FlowProblem } from "../error.ts";
import { releasesRepository } from "../publish-record.ts";
import type { World } from "../world.ts";
import type { Route } from "./copy-blobs.ts";
import type { KnownRelease } from "./known-releases.ts";
import type { BlobOwner } from "./plan-blobs.ts";
import type { Place } from "./put-tags.ts";
import { type ImageTree, readTree } from "./read-tree.ts";

/** One image of the release, or its record, and where it goes. */
export interface MirrorItem extends BlobOwner, ImageTree {
  readonly digest: Digest;
  readonly tag: string;
  /** All of its manifests and its tag stood there before this run. */
  readonly stood: boolean;
}

/** No image has this name: the blueprint keeps it for the records. */
export const RECORD = "releases";

type WantedItem = Pick<MirrorItem, "name" | "source" | "target" | "digest" | "tag">;

/** What a mirror of the release holds: its images, and last its record. */
export async function wantedItems(
  world: World,
  { from, to }: Route,
  job: { readonly release: KnownRelease; readonly from: string | undefined; readonly to: string | undefined },
): Promise<readonly WantedItem[]> {
  const { tag, artifact } = job.release;
  const renamed = (repository: string): string => {
    const prefix = job.from === undefined ? "" : `${job.from}/`;
    const name = repository.startsWith(prefix) ? repository.slice(prefix.length) : repository;
    return job.to === undefined ? name : `${job.to}/${name}`;
  };
  const images = job.release.images.map(
    ({ name, repository, digest }): WantedItem => ({
      name,
      source: repository,
      target: renamed(repository),
      digest,
      tag,
    }),
  );
  if (artifact === null) return images;
  const [source, target] = [releasesRepository(job.from), releasesRepository(job.to)];
  const options = { signal: world.kill };
  const [own, there] = await Promise.all([
    from.registry.resolve({ host: from.host, repository: source, digest: artifact }, options),
    to.registry.resolve({ host: to.host, repository: target, tag }, options),
  ]);
  if (own === undefined) {
    world.onEvent({
      type: "note",
      level: "warning",
      message: `the record of ${tag} is gone from the registry; the mirror has none either`,
    });
    return images;
  }
  // As where a part was released first: no record's tag is ever moved.
  const isTaken = there !== undefined && there.digest !== artifact;
  const recordTag = isTaken ? `${tag}-${shortDigest(artifact, 8)}` : tag;
  return [...images, { name: RECORD, source, target, digest: artifact, tag: recordTag }];
}

/** Throws FlowError TAG_MOVED where a tag of the target stands on something else; nothing was touched by then. */
export async function guardTags(world: World, to: Place, wanted: readonly WantedItem[]): Promise<void> {
  const looked = wanted.map(async ({ target, tag, digest }): Promise<FlowProblem | undefined> => {
    const found = await to.registry.resolve(
      { host: to.host, repository: target, tag },
      { signal: world.kill },
    );
    if (found === undefined || found.digest === digest) return undefined;
    const ref = formatImageRef({ host: to.host, repository: target, tag });
    return {
      code: "TAG_MOVED",
      message: `${ref} stands on ${found.digest}, this release would move it to ${digest}`,
      hint: "a tag is a promise and is never moved, also not in a mirror: give the mirror another namespace",
    };
  });
  const problems = (await Promise.all(looked)).flatMap((each) => each ?? []);
  if (problems.length === 0) return;
  throw new FlowError("TAG_MOVED", `${problems.length} tag(s) of the target stand on other digests`, {
    problems,
  });
}

/** Reads what an item is made of, and what of it the target has. */
export async function readItem(
  world: World,
  { from, to }: Route,
  { wanted, isLayout }: { readonly wanted: WantedItem; readonly isLayout: boolean },
): Promise<MirrorItem> {
  const { source, target, digest, tag } = wanted;
  const options = { signal: world.kill };
  const tree = await readTree(from, { repository: source, digest }, world.kill);
  const stand = await Promise.all(
    tree.manifests.map(({ descriptor }) =>
      to.registry.resolve({ host: to.host, repository: target, digest: descriptor.digest }, options),
    ),
  );
  const found = await to.registry.resolve({ host: to.host, repository: target, tag }, options);
  const isThere = stand.every((each) => each !== undefined);
  return {
    ...wanted,
    ...tree,
    // A registry keeps a manifest's blobs; in a folder anybody may have deleted one, and looking costs nothing.
    isPresent: isThere && !isLayout,
    stood: isThere && found?.digest === digest,
  };
}
