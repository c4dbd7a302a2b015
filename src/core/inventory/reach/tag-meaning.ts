import { type Digest, isDigest } from "../../base/digest.ts";
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

const CONTENT = /^in-([0-9a-f]{64})$/;
const SYSTEM = /^sha256-([0-9a-f]{64})(?:\.[a-z]+)?$/;
const DIRTY = /-dirty-[0-9a-f]{8}$/;
const PREVIOUS = /-prev$/;

/** `scheme` is the pattern of the fleet's release tags, without the suffix of a dirty tree. */
export function tagMeaning(tag: string, use: RepositoryUse, scheme: RegExp): TagMeaning {
  const subject = `sha256:${SYSTEM.exec(tag)?.[1] ?? ""}`;
  if (isDigest(subject)) return { kind: "system", subject };
  const identity = `sha256:${CONTENT.exec(tag)?.[1] ?? ""}`;
  if (use !== "releases" && isDigest(identity)) return { kind: "content", identity };
  if (use === "image" || use === "cache") {
    if (tag === "build-cache") return { kind: "cache" };
    if (tag === "unproven") return { kind: "unproven" };
    if (isRelease(tag, scheme)) return { kind: "release", tag };
    const of = tag.replace(PREVIOUS, "");
    if (of !== tag && isRelease(of, scheme)) return { kind: "previous", of };
  }
  return { kind: "other" };
}

function isRelease(tag: string, scheme: RegExp): boolean {
  return scheme.test(tag.replace(DIRTY, ""));
}
