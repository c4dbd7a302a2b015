import { type Digest, parseDigest } from "../base/digest.ts";

/** The registry's build cache of an image, and where a build pushes before it is proven. */
export const CACHE_TAG = "build-cache";
export const UNPROVEN_TAG = "unproven";

const PREVIOUS = "-prev";
/** `releaseTag` adds it to the tag of a work tree that no commit holds. */
const DIRTY = /-dirty-[0-9a-f]{8}$/;
const CONTENT = /^in-([0-9a-f]{64})$/;
// The list that a pusher keeps (distribution-spec 1.1, referrers tag schema); cosign's older form adds a suffix.
const REFERRERS = /^sha256-([0-9a-f]{64})(?:\.[a-z]+)?$/;

/** The tag that stands for what was there before `tag`. */
export function previousTag(tag: string): string {
  return `${tag}${PREVIOUS}`;
}

/** The tag that this one stands for the predecessor of; undefined where it has not that form. */
export function previousOf(tag: string): string | undefined {
  return tag.endsWith(PREVIOUS) ? tag.slice(0, -PREVIOUS.length) : undefined;
}

/** `scheme` is the pattern of a clean tree's tags (`tagPattern`). */
export function isReleaseTag(tag: string, scheme: RegExp): boolean {
  return scheme.test(tag) || scheme.test(tag.replace(DIRTY, ""));
}

/** The identity that a content name says; undefined where the tag is none. */
export function identityOfTag(tag: string): Digest | undefined {
  return parseDigest(`sha256:${CONTENT.exec(tag)?.[1] ?? ""}`);
}

/** The digest that a referrers' tag is about; undefined where the tag is none. */
export function subjectOfTag(tag: string): Digest | undefined {
  return parseDigest(`sha256:${REFERRERS.exec(tag)?.[1] ?? ""}`);
}
