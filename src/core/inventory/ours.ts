import type { TagKind } from "../blueprint/tag-kind.ts";

/**
 * What a tag or its repository is for. Only releases, what was before them and channels are for people; the others are how
 * Lapstrake works. `outside` is what the scheme does not know.
 */
export type Role = TagKind | "root" | "probe";

/** The role of a repository that Lapstrake keeps beside the images; undefined for all others. */
export function roleOfRepository(repository: string, namespace: string | undefined): Role | undefined {
  if (repository === "lapstrake/probe") return "probe";
  const prefix = namespace === undefined ? "" : `${namespace}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const own = repository.slice(prefix.length);
  if (own === "releases") return "record";
  return own.startsWith("roots/") ? "root" : undefined;
}
