import { type Digest, shortDigest } from "../../base/digest.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface SizeBudgetFacts {
  readonly release: string | null;
  readonly images: readonly {
    readonly name: string;
    readonly tier: string;
    readonly digest: Digest;
    /** Compressed, its parents' layers included; null where the registry did not give the manifest. */
    readonly bytes: number | null;
    /** Of its tier; null where the blueprint has none. */
    readonly budget: number | null;
  }[];
}

export function judgeSizeBudget(facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const images = facts.list("images").map((image) => ({
    name: image.text("name"),
    tier: image.text("tier"),
    digest: image.digest("digest"),
    bytes: countOrNull(image, "bytes"),
    budget: countOrNull(image, "budget"),
  }));
  const fails: string[] = [];
  const unknown: string[] = images.length === 0 ? [`${release} holds none of the images`] : [];
  const within: string[] = [];
  for (const { name, tier, digest, bytes, budget } of images) {
    const what = `${name} ${shortDigest(digest)}`;
    if (bytes === null) unknown.push(`the registry did not give the manifest of ${what}`);
    else if (budget === null) unknown.push(`the blueprint has no compressed budget for tier ${tier}`);
    else if (bytes > budget) fails.push(`${what} has ${bytes} bytes compressed, its budget is ${budget}`);
    else within.push(`${what} ${percent(bytes, budget)}`);
  }
  return weigh({
    fails,
    unknown: [...new Set(unknown)],
    holds: `compressed, all ${images.length} images are within the budget of their tier: ${sentence(within, ", ")}`,
  });
}

/** Rounded up, so that 100 % is never shown for what is below. */
function percent(bytes: number, budget: number): string {
  return `${Math.ceil((bytes / budget) * 100)} %`;
}

function countOrNull(fields: Fields, name: string): number | null {
  return fields.get(name) === null ? null : fields.count(name);
}
