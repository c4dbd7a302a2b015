import { type Digest, shortDigest } from "../../base/digest.ts";
import type { CheckOf } from "../../blueprint/phase-plan.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface IdentitiesFacts {
  readonly release: string | null;
  /** The release that the earlier phase was closed on; null where it was not, or where nobody here knows that release. */
  readonly baseline: string | null;
  readonly images: readonly {
    readonly name: string;
    /** The fleet's images that it needs now. */
    readonly parents: readonly string[];
    /** By the baseline; null where that had none of it. */
    readonly before: Digest | null;
    readonly now: Digest | null;
  }[];
}

type Compared = IdentitiesFacts["images"][number];

export function judgeIdentities(check: CheckOf<"identities-changed-only">, facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const baseline = facts.textOrNull("baseline");
  if (baseline === null) {
    return {
      outcome: "unknown",
      reason: `phase ${check.since} is not closed on a release that is known here`,
    };
  }
  const images = facts.list("images").map(readCompared);
  const free = withDescendants(new Set(check.images), images);
  const strict = images.filter(({ name }) => !free.has(name));
  const changed = (list: readonly Compared[]): readonly Compared[] =>
    list.filter(({ before, now }) => before !== null && now !== null && before !== now);
  const moved = changed(images.filter(({ name }) => free.has(name))).map(({ name }) => name);
  return weigh({
    fails: changed(strict).map(
      ({ name, before, now }) =>
        `${name} changed since ${baseline} (${short(before)} to ${short(now)}), and it derives from none of ${check.images.join(", ")}`,
    ),
    unknown: strict
      .filter(({ before, now }) => (before === null) !== (now === null))
      .map(
        ({ name, before }) =>
          `${name} is only in ${before === null ? release : baseline}: it cannot be compared`,
      ),
    holds: `from ${baseline} to ${release} ${moved.length === 0 ? "no image changed" : `only ${sentence(moved, ", ")} changed`}; ${strict.length} others are the same`,
  });
}

/** The images, and all that derive from them. */
function withDescendants(names: ReadonlySet<string>, images: readonly Compared[]): ReadonlySet<string> {
  const found = new Set(names);
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { name, parents } of images) if (parents.some((parent) => found.has(parent))) found.add(name);
  }
  return found;
}

function short(digest: Digest | null): string {
  return digest === null ? "nothing" : shortDigest(digest);
}

function readCompared(image: Fields): Compared {
  return {
    name: image.text("name"),
    parents: image.texts("parents"),
    before: image.digestOrNull("before"),
    now: image.digestOrNull("now"),
  };
}
