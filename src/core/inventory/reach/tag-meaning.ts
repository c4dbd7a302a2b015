import type { Digest } from "../../base/digest.ts";
import * as form from "../../blueprint/tag-form.ts";
import type { RepositoryUse } from "./registry-graph.ts";

/** What a tag is to us, by its form and the repository that it is in. */
export type TagMeaning =
  | { readonly kind: "content"; readonly identity: Digest }
  | { readonly kind: "release"; readonly tag: string }
  | { readonly kind: "previous"; readonly of: string }
  /** Where a build pushes before it is proven; the next build of the image overwrites it. */
  | { readonly kind: "unproven" }
  | { readonly kind: "cache" }
  /** Stands in for the referrers API, or is cosign's older scheme: it goes and stays with its subject. */
  | { readonly kind: "system"; readonly subject: Digest }
  /** A channel, or a tag that somebody else put. */
  | { readonly kind: "other" };

/** `scheme` is the pattern of the fleet's release tags, without the suffix of a dirty tree. */
export function tagMeaning(tag: string, use: RepositoryUse, scheme: RegExp): TagMeaning {
  const subject = form.subjectOfTag(tag);
  if (subject !== undefined) return { kind: "system", subject };
  const identity = use === "releases" ? undefined : form.identityOfTag(tag);
  if (identity !== undefined) return { kind: "content", identity };
  if (use !== "image" && use !== "cache") return { kind: "other" };
  if (tag === form.CACHE_TAG) return { kind: "cache" };
  if (tag === form.UNPROVEN_TAG) return { kind: "unproven" };
  if (form.isReleaseTag(tag, scheme)) return { kind: "release", tag };
  const of = form.previousOf(tag);
  return of !== undefined && form.isReleaseTag(of, scheme) ? { kind: "previous", of } : { kind: "other" };
}
