import type { Digest } from "../base/digest.ts";
import type { SourcePosition } from "../base/error.ts";
import type { Finding } from "../base/finding.ts";
import type { Blueprint } from "../blueprint/blueprint.ts";
import type { RepositoryKind, TagKind } from "../blueprint/tag-kind.ts";

/** The tags that a repository of the fleet has. */
export interface TagListing {
  readonly repository: string;
  readonly place: RepositoryKind;
  readonly tags: readonly string[];
  /** Where its image is declared. */
  readonly at?: SourcePosition;
}

/** A tag and what our record says that it stands on. */
export interface RecordedTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  /** How it came there, in words: `released at 2026-03-04T05:06:07.000Z`. */
  readonly origin: string;
  /** A promise is an error where it moved; a channel may have been moved by another machine. */
  readonly guarded: boolean;
}

const SHOWN = 10;

/** One finding for a repository that has tags outside the scheme. */
export function outsideFinding(
  { repository, place, tags, at }: TagListing,
  judge: (tag: string, place: RepositoryKind) => TagKind,
): Finding | undefined {
  const outside = tags.filter((tag) => isOutside(judge(tag, place), place)).toSorted();
  if (outside.length === 0) return undefined;
  const more = outside.length > SHOWN ? ` and ${outside.length - SHOWN} more` : "";
  return {
    rule: "tag-outside-scheme",
    level: "warning",
    message: `${repository} has ${outside.length} tag(s) outside the scheme: ${outside.slice(0, SHOWN).join(", ")}${more}`,
    ...(at === undefined ? {} : { at }),
    hint: "nobody promised what they stand on; name channels under `channels`, and delete the rest",
  };
}

/** Only images have contents and channels, only the releases' repository has records. */
function isOutside(kind: TagKind, place: RepositoryKind): boolean {
  if (place === "image") return kind === "outside" || kind === "record";
  return kind !== "record" && kind !== "referrers";
}

/** The blueprint's GPU images name the CUDA that they hold (`-cu121`), so that a machine never gets another by mistake. */
export function gpuSuffixFindings({ images }: Blueprint): readonly Finding[] {
  return images
    .filter(({ name, tier }) => tier === "gpu" && !/-cu[0-9]{3}$/.test(name))
    .map(({ name, at }) => ({
      rule: "gpu-suffix",
      level: "warning",
      message: `${name} is a GPU image, but its name does not end with its CUDA version`,
      at,
      hint: `name it ${name}-cu121, or whichever CUDA it holds`,
    }));
}

/**
 * What is wrong with a recorded tag that stands on `found` now (undefined: it is gone). `originOf` tells in words how
 * the other digest came into being.
 */
export function recordedTagFinding(
  recorded: RecordedTag,
  found: Digest | undefined,
  originOf: (digest: Digest) => string,
): Finding | undefined {
  const { repository, tag, digest, origin, guarded } = recorded;
  if (found === digest) return undefined;
  const name = `${repository}:${tag}`;
  if (found === undefined) {
    return {
      rule: "tag-gone",
      level: "warning",
      message: `${name} is gone; it stood on ${digest} (${origin})`,
      ...(guarded
        ? { hint: "where its content still stands, releasing that commit again puts it back" }
        : {}),
    };
  }
  return {
    rule: guarded ? "tag-moved" : "channel-moved",
    level: guarded ? "error" : "warning",
    message: `${name} was put on ${digest} (${origin}), but stands on ${found} (${originOf(found)})`,
    hint: guarded
      ? "no command of ours moves it: find out who did, and put it back"
      : "`lapstrake promote` records what it moves; another machine or another tool moved this one",
  };
}
