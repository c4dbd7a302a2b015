import type { ReleasedImage } from "../../core/record/kinds.ts";
import { findRelease, type KnownRelease, knownReleases } from "../tags/known-releases.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";

/** An image as an earlier release held it. */
export interface EarlierImage extends Pick<ReleasedImage, "repository" | "digest"> {
  /** The tag of that release. */
  readonly release: string;
}

export interface EarlierReleases {
  /** Undefined where no earlier release has it. */
  of(name: string): EarlierImage | undefined;
}

/**
 * What came before: the release that is named, or else for each image the newest that has it and is older than `current`
 * (older than now, where that is undefined). Throws FlowError RELEASE_UNKNOWN.
 */
export async function earlierReleases(
  open: OpenFleet,
  {
    current,
    since,
  }: { readonly current: { readonly tag: string } | undefined; readonly since: string | undefined },
): Promise<EarlierReleases> {
  const releases =
    since === undefined ? before(await knownReleases(open), current?.tag) : [await findRelease(open, since)];
  return {
    of(name) {
      for (const { tag: release, images } of releases.toReversed()) {
        const found = images.find((image) => image.name === name);
        if (found !== undefined) return { release, repository: found.repository, digest: found.digest };
      }
      return undefined;
    },
  };
}

/** The oldest first; a release that was repeated under its tag is not older than itself. */
function before(known: readonly KnownRelease[], tag: string | undefined): readonly KnownRelease[] {
  const at = tag === undefined ? -1 : known.findIndex((release) => release.tag === tag);
  return at < 0 ? known : known.slice(0, at);
}
