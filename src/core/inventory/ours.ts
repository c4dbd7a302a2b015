/** What a tag is for. Only `release` tags are promises to people; the others are how Lapstrake works. */
export type Role = "release" | "content" | "cache" | "record" | "root" | "probe" | "referrer" | "other";

const CONTENT = /^in-[0-9a-f]{64}$/;
// The fallback tag of distribution-spec 1.1 ("Referrers Tag Schema"), and cosign's older forms of it.
const REFERRER = /^sha256-([0-9a-f]{64})(?:\.[a-z]+)?$/;

/** The role of a repository that Lapstrake keeps beside the images; undefined for all others. */
export function roleOfRepository(repository: string, namespace: string | undefined): Role | undefined {
  if (repository === "lapstrake/probe") return "probe";
  const prefix = namespace === undefined ? "" : `${namespace}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const own = repository.slice(prefix.length);
  if (own === "releases") return "record";
  return own.startsWith("roots/") ? "root" : undefined;
}

/** The role that a tag's form gives it, in a repository of images. */
export function roleOfTag(tag: string): Role | undefined {
  if (CONTENT.test(tag)) return "content";
  if (tag === "build-cache") return "cache";
  return REFERRER.test(tag) ? "referrer" : undefined;
}

/** The digest that a referrers' fallback tag is about. */
export function subjectOfTag(tag: string): string | undefined {
  const hex = REFERRER.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
