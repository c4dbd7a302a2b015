import { tagPattern } from "./tag.ts";
import {
  CACHE_TAG,
  identityOfTag,
  isReleaseTag,
  previousOf,
  subjectOfTag,
  UNPROVEN_TAG,
} from "./tag-form.ts";

/**
 * What a tag is for. Promises, which no command ever moves to another digest: `release`, `previous` (a release's
 * `TAG-prev`), `content` (in-<64 hex>), `record` (in `releases` only). The rest is mutable: `channel`,
 * `channel-previous`, `cache`, `unproven` (pushed, not yet proven), `referrers` (the fallback list of OCI 1.1).
 * `outside` is what the scheme does not know.
 */
export type TagKind =
  | "release"
  | "previous"
  | "content"
  | "record"
  | "channel"
  | "channel-previous"
  | "cache"
  | "unproven"
  | "referrers"
  | "outside";

export interface TagRules {
  /** The blueprint's tag scheme, with {date} and {sha}. */
  readonly scheme: string;
  readonly channels: readonly string[];
}

/** Which kinds of tags a repository holds: an image's, or the one of the release records. */
export type RepositoryKind = "image" | "records";

const GUARDED: ReadonlySet<TagKind> = new Set(["release", "previous", "content", "record"]);
const FIXED: ReadonlyMap<string, TagKind> = new Map([
  [CACHE_TAG, "cache"],
  [UNPROVEN_TAG, "unproven"],
]);
/** `publishRecord` adds it where another record has the tag already. */
const RECORD = /-[0-9a-f]{8}$/;

export function isGuarded(kind: TagKind): boolean {
  return GUARDED.has(kind);
}

/** Judges tags by their form alone. Where a channel has the form of a promise, it is a promise: the guard wins. */
export function tagJudge({ scheme, channels }: TagRules): (tag: string, place?: RepositoryKind) => TagKind {
  const pattern = tagPattern(scheme);
  const mutable = new Set(channels);
  const isRelease = (tag: string): boolean => isReleaseTag(tag, pattern);
  return (tag, place = "image") => {
    if (isRelease(tag)) return place === "records" ? "record" : "release";
    if (place === "records" && isRelease(tag.replace(RECORD, ""))) return "record";
    if (identityOfTag(tag) !== undefined) return "content";
    const fixed = FIXED.get(tag);
    if (fixed !== undefined) return fixed;
    if (subjectOfTag(tag) !== undefined) return "referrers";
    const before = previousOf(tag);
    if (before !== undefined && isRelease(before)) return "previous";
    if (mutable.has(tag)) return "channel";
    return before !== undefined && mutable.has(before) ? "channel-previous" : "outside";
  };
}
