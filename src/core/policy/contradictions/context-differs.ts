import { positionOf } from "../../blueprint/positions.ts";
import { plainPath } from "../guide/build-commands.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { allCommands, type PlanFacts, type Rule } from "./facts.ts";

/** A document builds a Dockerfile with another context than the blueprint: COPY would find other files, or none. */
export const contextDiffers: Rule = (facts) =>
  [...groupBy(differing(facts), ({ context }) => context)].map(([context, [first, ...others]]) =>
    contradiction({
      rule: "context-differs",
      subject: context,
      message: `${others.length + 1} build(s) take "${context}" as their context, and the blueprint has others`,
      places: [first, first.declared, ...others.flatMap((each) => [each, each.declared])],
      resolution: "use the blueprint's context: COPY paths are relative to it",
    }),
  );

interface Differing extends Place {
  readonly context: string;
  readonly declared: Place;
  readonly at: NonNullable<Place["at"]>;
}

function differing(facts: PlanFacts): readonly Differing[] {
  const { blueprint } = facts;
  const recipes = [
    ...blueprint.images.map((image) => ({ section: "images", ...image })),
    ...blueprint.services.flatMap((service) =>
      service.planned ? [] : [{ section: "services", ...service }],
    ),
  ];
  return allCommands(facts).flatMap(({ dockerfile, context }) => {
    const recipe = recipes.find((each) => each.dockerfile === dockerfile);
    if (recipe === undefined || context?.known !== true) return [];
    const path = plainPath(context.text);
    if (path === recipe.context || path.includes(":")) return [];
    const { section, name } = recipe;
    const at = positionOf(blueprint, [section, name, "context"]);
    return [
      {
        context: path,
        at: context.at,
        says: `${recipe.dockerfile} with the context "${path}"`,
        declared: { at, says: `the context of ${name} is "${recipe.context}"` },
      },
    ];
  });
}
