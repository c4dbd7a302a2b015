import type { CheckOf } from "../../blueprint/phase-plan.ts";
import type { Fields } from "../../record/fields.ts";
import { type Judgement, sentence, weigh } from "./judgement.ts";

export interface MultiStageFacts {
  readonly images: readonly {
    readonly name: string;
    /** That a build reaches. */
    readonly stages: number;
  }[];
}

export function judgeMultiStage(check: CheckOf<"multi-stage">, facts: Fields): Judgement {
  const images = facts
    .list("images")
    .map((image) => ({ name: image.text("name"), stages: image.count("stages") }));
  if (images.length === 0)
    return { outcome: "fails", reason: "the rule asks for no image that the blueprint declares" };
  const several = images.filter(({ stages }) => stages > 1);
  const one = images.filter(({ stages }) => stages <= 1);
  const whyOf = (name: string): string | undefined =>
    check.allow.find((allowance) => allowance.images.includes(name))?.why;
  const excepted = check.allow.flatMap(({ images: names, why }) => {
    const used = one.filter(({ name }) => names.includes(name)).map(({ name }) => name);
    return used.length === 0 ? [] : [`${used.join(", ")} (${why})`];
  });
  return weigh({
    fails: one
      .filter(({ name }) => whyOf(name) === undefined)
      .map(({ name }) => `${name} is built in the stage that it runs in`),
    holds: `${several.length} of ${images.length} build in a stage of its own${excepted.length === 0 ? "" : `; the plan allows one stage for ${sentence(excepted)}`}`,
  });
}
