import type { Digest } from "../../base/digest.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, weigh } from "./judgement.ts";

export interface TagsInSchemeFacts {
  readonly release: string | null;
  readonly scheme: string;
  /** Where the release's tag stands on each of its images. */
  readonly tags: readonly {
    readonly image: string;
    readonly digest: Digest;
    readonly found: Digest | null;
  }[];
  /** What `lapstrake check --tags` finds. */
  readonly findings: readonly {
    readonly rule: string;
    readonly level: "error" | "warning";
    readonly message: string;
  }[];
}

/** Warnings that a fleet which is tagged right has not. Tags that went with an old release, or a moved channel, are not among them. */
const WRONG: ReadonlySet<string> = new Set(["tag-outside-scheme", "gpu-suffix"]);

export function judgeTagsInScheme(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const tags = facts.list("tags").map((tag) => ({
    image: tag.text("image"),
    digest: tag.digest("digest"),
    found: tag.digestOrNull("found"),
  }));
  const fails = tags.flatMap(({ image, digest, found }) => {
    if (found === digest) return [];
    return [
      found === null
        ? `${image}:${release} is gone`
        : `${image}:${release} stands on ${found}, released was ${digest}`,
    ];
  });
  const findings = facts.list("findings").map((finding) => ({
    rule: finding.text("rule"),
    level: finding.oneOf("level", ["error", "warning"]),
    message: finding.text("message"),
  }));
  const wrong = findings.filter(({ rule, level }) => level === "error" || WRONG.has(rule));
  const rest = findings.length - wrong.length;
  return weigh({
    fails: [...fails, ...wrong.map(({ message, rule }) => `${message} [${rule}]`)],
    holds: `${tags.length} images stand under ${release}, no tag of the fleet is outside ${facts.text("scheme")} or was moved (${rest} warnings)`,
  });
}
