import { type Digest, shortDigest } from "../../base/digest.ts";
import type { Allowance, CheckOf } from "../../blueprint/phase-plan.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface ReleaseCompleteFacts {
  /** The tag of the newest release, null where there is none. */
  readonly release: string | null;
  /** It was made of a tree that no commit holds. */
  readonly dirty: boolean;
  readonly registry: string;
  readonly images: readonly ExpectedImage[];
}

/** An image that the rule asks for, and what was found of it. */
export interface ExpectedImage {
  readonly name: string;
  readonly tier: string;
  /** What the release holds. */
  readonly digest: Digest | null;
  /** Whether the registry has that digest now. */
  readonly present: "yes" | "no" | "unknown";
  /** Why the release is without it, in its own words. */
  readonly named: string | null;
  /** Why it cannot be had here, by the lock. */
  readonly unavailable: string | null;
}

export function judgeReleaseComplete(check: CheckOf<"release-complete">, facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const registry = facts.text("registry");
  const images = facts.list("images").map(readImage);
  const fails: string[] = facts.flag("dirty")
    ? [`${release} was made of a tree that no commit holds: nobody can build it again`]
    : [];
  if (images.length === 0) fails.push("the rule asks for no image that the blueprint declares");
  const unknown: string[] = [];
  const held: string[] = [];
  const without: string[] = [];
  for (const image of images) {
    const place = { fails, unknown, held, without };
    if (image.digest === null) judgeAbsent(image, check.allow, place);
    else judgeHeld({ ...image, digest: image.digest }, registry, place);
  }
  const rest = without.length === 0 ? "" : `; without ${sentence(without, ", ")}`;
  return weigh({
    fails,
    unknown,
    holds: `${release} holds ${held.length} of ${images.length} images, each in ${registry} now: ${sentence(held, ", ")}${rest}`,
  });
}

interface Places {
  readonly fails: string[];
  readonly unknown: string[];
  readonly held: string[];
  readonly without: string[];
}

function judgeHeld(
  { name, digest, present }: ExpectedImage & { readonly digest: Digest },
  registry: string,
  { fails, unknown, held }: Places,
): void {
  if (present === "yes") held.push(`${name} ${shortDigest(digest)}`);
  else if (present === "no") fails.push(`${name} ${digest} is gone from ${registry}`);
  else unknown.push(`${registry} did not say whether it has ${name} ${digest}`);
}

/** The release must name what it is without; and without a reason that holds here today, the plan must allow it. */
function judgeAbsent(
  { name, named, unavailable }: ExpectedImage,
  allow: readonly Allowance[],
  { fails, without }: Places,
): void {
  const why = allow.find(({ images }) => images.includes(name))?.why;
  if (named === null) fails.push(`${name} is neither in the release nor named as missing`);
  else if (unavailable !== null) without.push(`${name} (cannot be had here: ${unavailable})`);
  else if (why !== undefined) without.push(`${name} (${named}; the plan allows it: ${why})`);
  else fails.push(`${name} is not in the release: ${named}`);
}

function readImage(image: Fields): ExpectedImage {
  return {
    name: image.text("name"),
    tier: image.text("tier"),
    digest: image.digestOrNull("digest"),
    present: image.oneOf("present", ["yes", "no", "unknown"]),
    named: image.textOrNull("named"),
    unavailable: image.textOrNull("unavailable"),
  };
}
