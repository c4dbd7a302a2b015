import { type Digest, shortDigest } from "../base/digest.ts";
import { IN_STEP, type Verdict } from "./drift.ts";
import type { Knowledge } from "./knowledge.ts";
import type { StoredFact } from "./observed.ts";

/** The registry's word on a tag. */
export type RegistryCell =
  | { readonly state: "present"; readonly digest: Digest }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly why: string };

export function registryCell(known: Knowledge, tag: string | undefined): RegistryCell {
  if (known.fact.state === "unknown") return { state: "unknown", why: known.fact.why };
  const stored = known.tags.find((each) => each.tag === tag)?.stored;
  return stored === undefined ? { state: "absent" } : { state: "present", digest: stored.digest };
}

/** A release's tag in the registry against the release. A tag is a promise of exact bytes, so only equality is in step. */
export function judgeReleaseTag(known: Knowledge, tag: string, released: Digest): Verdict {
  const cell = registryCell(known, tag);
  if (cell.state === "unknown")
    return { drift: "unknown", reasons: [`the registry did not answer: ${cell.why}`] };
  if (cell.state === "absent") {
    return {
      drift: "behind",
      reasons: [`the registry lost it: release ${tag} holds ${shortDigest(released)}`],
    };
  }
  if (cell.digest !== released)
    return { drift: "diverged", reasons: [moved(known, tag, released, cell.digest)] };
  const stored = known.stored(cell.digest);
  const lost = stored === undefined ? [] : lostChildren(stored);
  if (lost.length === 0) return IN_STEP;
  return {
    drift: "behind",
    reasons: [
      `the registry lost ${lost.length} part(s) of its index: ${lost.map((each) => shortDigest(each)).join(", ")}`,
    ],
  };
}

function moved(known: Knowledge, tag: string, released: Digest, found: Digest): string {
  const origin = known.originOf([found]);
  const maker = origin?.releases.at(-1);
  return `the tag was moved: released ${shortDigest(released)}, now ${shortDigest(found)} (${
    maker === undefined ? "which no release made" : `of release ${maker}`
  })${tag === maker ? ", released twice" : ""}`;
}

/** Children that an index names and the registry does not hold. Sparse indexes are legal, but none of ours is one. */
export function lostChildren({ index, children }: StoredFact): readonly Digest[] {
  const held = new Set(children.map(({ digest }) => digest));
  return [
    ...(index?.manifests ?? []).map(({ digest }) => digest).filter((digest) => !held.has(digest)),
    ...children.flatMap(lostChildren),
  ];
}
