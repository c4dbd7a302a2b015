import { tagPattern } from "../blueprint/tag.ts";

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
const FIXED: Readonly<Record<string, TagKind>> = { "build-cache": "cache", unproven: "unproven" };
const PREVIOUS = "-prev";
/** `releaseTag` adds it to the tag of a work tree that no commit holds. */
const DIRTY = /-dirty-[0-9a-f]{8}$/;
/** `publishRecord` adds it where another record has the tag already. */
const RECORD = /-[0-9a-f]{8}$/;

/** The tag that stands for what was there before `tag`. */
export function previousTag(tag: string): string {
  return `${tag}${PREVIOUS}`;
}

export function isGuarded(kind: TagKind): boolean {
  return GUARDED.has(kind);
}

/** Judges tags by their form alone. Where a channel has the form of a promise, it is a promise: the guard wins. */
export function tagJudge({ scheme, channels }: TagRules): (tag: string, place?: RepositoryKind) => TagKind {
  const pattern = tagPattern(scheme);
  const mutable = new Set(channels);
  const isRelease = (tag: string): boolean => pattern.test(tag) || pattern.test(tag.replace(DIRTY, ""));
  return (tag, place = "image") => {
    if (isRelease(tag)) return place === "records" ? "record" : "release";
    if (place === "records" && isRelease(tag.replace(RECORD, ""))) return "record";
    if (/^in-[0-9a-f]{64}$/.test(tag)) return "content";
    if (Object.hasOwn(FIXED, tag)) return FIXED[tag] ?? "outside";
    // cosign's form has a suffix; the plain one is the list that a pusher keeps (distribution-spec, referrers tag schema).
    if (/^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/.test(tag)) return "referrers";
    const before = tag.endsWith(PREVIOUS) ? tag.slice(0, -PREVIOUS.length) : undefined;
    if (before !== undefined && isRelease(before)) return "previous";
    if (mutable.has(tag)) return "channel";
    return before !== undefined && mutable.has(before) ? "channel-previous" : "outside";
  };
}
