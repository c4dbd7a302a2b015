import type { Digest } from "../../base/digest.ts";
import type { CheckOf } from "../../blueprint/phase-plan.ts";
import { medianReduction, type Sizes } from "../../policy/size/median-reduction.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence } from "./judgement.ts";

export interface SizeReductionFacts {
  readonly release: string | null;
  /** Where baselines are recorded, and its digest; null where there is no such file. */
  readonly file: string;
  readonly baseline: Digest | null;
  /** A service once, however many machines it is built for; an image by itself. */
  readonly services: readonly {
    readonly name: string;
    /** Of its largest image; null where that could not be told, and `why` says so. */
    readonly now: Sizes | null;
    readonly why: string | null;
    /** Null where none is recorded. */
    readonly before: Sizes | null;
  }[];
}

export function judgeSizeReduction({ percent }: CheckOf<"size-reduction">, facts: Fields): Judgement {
  const release = facts.textOrNull("release");
  if (release === null) return { outcome: "fails", reason: "nothing was released yet" };
  const file = facts.text("file");
  facts.digestOrNull("baseline");
  const services = facts.list("services").map((service) => ({
    service: service.text("name"),
    now: sizesOf(service, "now"),
    baseline: sizesOf(service, "before"),
    ...whyOf(service.textOrNull("why")),
  }));
  if (services.length === 0) return { outcome: "unknown", reason: `${release} holds none of the images` };
  const lacking = services.filter(({ baseline }) => baseline === undefined).map(({ service }) => service);
  if (lacking.length > 0) {
    const reason = `${file} has no baseline of ${sentence(lacking, ", ")}: \`lapstrake size --baseline\` builds them`;
    return { outcome: "unknown", reason };
  }
  const { outcome, reason } = medianReduction(services, percent);
  return { outcome, reason };
}

function sizesOf(service: Fields, name: "now" | "before"): Sizes | undefined {
  if (service.get(name) === null) return undefined;
  const sizes = service.object(name);
  return { compressed: sizes.count("compressed"), unpacked: sizes.count("unpacked") };
}

function whyOf(why: string | null): { readonly why?: string } {
  return why === null ? {} : { why };
}
