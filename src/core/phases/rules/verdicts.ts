import { type Digest, shortDigest } from "../../base/digest.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

/**
 * The facts of rules that another command judges image by image: locks, images read and images run. Each verdict is one
 * predicate about one subject.
 */
export interface VerdictsFacts {
  readonly release: string | null;
  /** The images that were to be looked at. */
  readonly asked: readonly { readonly image: string; readonly digest: Digest }[];
  readonly verdicts: readonly ImageVerdict[];
}

export interface ImageVerdict {
  /** One of `asked`. */
  readonly image: string;
  /** Such as `image-user`. */
  readonly rule: string;
  readonly outcome: "holds" | "fails" | "unknown";
  readonly reason: string;
}

export function judgeVerdicts(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const asked = facts
    .list("asked")
    .map((each) => ({ image: each.text("image"), digest: each.digest("digest") }));
  if (asked.length === 0) return { outcome: "unknown", reason: `${release} holds none of the images` };
  const verdicts = facts.list("verdicts").map(readVerdict);
  const said = new Set(verdicts.map(({ image }) => image));
  const ofOutcome = (outcome: ImageVerdict["outcome"]): readonly string[] =>
    verdicts
      .filter((verdict) => verdict.outcome === outcome)
      .map(({ image, rule, reason }) => `${image}: ${reason} [${rule}]`);
  const rules = [...new Set(verdicts.map(({ rule }) => rule))];
  return weigh({
    fails: ofOutcome("fails"),
    unknown: [
      ...ofOutcome("unknown"),
      // Silence about an image is no good news of it.
      ...asked.filter(({ image }) => !said.has(image)).map(({ image }) => `${image}: nothing was found out`),
    ],
    holds: `${rules.join(", ")} hold for ${sentence(
      asked.map(({ image, digest }) => `${image} ${shortDigest(digest)}`),
      ", ",
    )}`,
  });
}

function readVerdict(verdict: Fields): ImageVerdict {
  return {
    image: verdict.text("image"),
    rule: verdict.text("rule"),
    outcome: verdict.oneOf("outcome", ["holds", "fails", "unknown"]),
    reason: verdict.text("reason"),
  };
}
