import { type Digest, shortDigest } from "../../base/digest.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface PreviousTagsFacts {
  readonly release: string | null;
  /** The tag that should stand: `TAG-prev`. */
  readonly tag: string;
  readonly images: readonly {
    readonly name: string;
    /** What stood before, and of which release; null where nothing did. */
    readonly digest: Digest | null;
    readonly from: string | null;
    readonly found: Digest | null;
  }[];
}

export function judgePreviousTags(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const tag = facts.text("tag");
  const images = facts.list("images").map((image) => ({
    name: image.text("name"),
    digest: image.digestOrNull("digest"),
    from: image.textOrNull("from"),
    found: image.digestOrNull("found"),
  }));
  const fails: string[] = [];
  const kept: string[] = [];
  const first: string[] = [];
  for (const { name, digest, from, found } of images) {
    if (found !== digest) {
      const stands = found === null ? "there is none" : `it stands on ${found}`;
      fails.push(
        `${name}:${tag} belongs on ${digest ?? "nothing: no release held it before"}, but ${stands}`,
      );
    } else if (digest === null) first.push(name);
    else kept.push(`${name} ${shortDigest(digest)} of ${from ?? "an earlier release"}`);
  }
  const rest = first.length === 0 ? "" : `; nothing before it had ${sentence(first, ", ")}`;
  const way = kept.length === 0 ? "no image had a predecessor" : sentence(kept, ", ");
  return weigh({ fails, holds: `the way back from ${release} stands under ${tag}: ${way}${rest}` });
}
