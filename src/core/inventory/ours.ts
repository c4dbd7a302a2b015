/**
 * What a tag or its repository is for, as `core/policy` judges tags by their form. Only releases, what was before them
 * and channels are for people; the others are how Lapstrake works. `outside` is what the scheme does not know.
 */
export type Role =
  | "release"
  | "previous"
  | "content"
  | "record"
  | "channel"
  | "channel-previous"
  | "cache"
  | "unproven"
  | "referrers"
  | "root"
  | "probe"
  | "outside";

/** The role of a repository that Lapstrake keeps beside the images; undefined for all others. */
export function roleOfRepository(repository: string, namespace: string | undefined): Role | undefined {
  if (repository === "lapstrake/probe") return "probe";
  const prefix = namespace === undefined ? "" : `${namespace}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const own = repository.slice(prefix.length);
  if (own === "releases") return "record";
  return own.startsWith("roots/") ? "root" : undefined;
}

/** The digest that a referrers' tag is about (distribution-spec 1.1, referrers tag schema; cosign adds a suffix). */
export function subjectOfTag(tag: string): string | undefined {
  const hex = /^sha256-([0-9a-f]{64})/.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}
