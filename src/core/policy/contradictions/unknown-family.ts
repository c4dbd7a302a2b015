import { suggest } from "../../base/suggest.ts";
import { positionOf } from "../../blueprint/positions.ts";
import { baseOf } from "../guide/shown-dockerfile.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { ownRef, type PlanFacts, type Rule } from "./facts.ts";

/** A family that something builds on, or will, and that no part of the blueprint declares. */
export const unknownFamily: Rule = (facts) => {
  const { blueprint, graph } = facts;
  const uses = [...plannedUses(facts), ...exampleUses(facts)].filter(
    ({ family }) => !graph.nodes.has(family),
  );
  return [...groupBy(uses, ({ family }) => family)].map(([family, group]) => {
    const near = nearest(family, [...graph.nodes.keys()]);
    const declared: Place = {
      at: positionOf(blueprint, ["images"]),
      says: near === undefined ? "no image here has that name" : `what is declared is ${near}`,
    };
    const [first, ...others] = group;
    return contradiction({
      rule: "unknown-family",
      subject: family,
      message: `${group.length === 1 ? first.user : `${first.user} and ${others.length} more`} on ${family}, which is no image of this fleet`,
      places: [first, declared, ...others],
      resolution:
        near === undefined
          ? `declare ${family} under images:`
          : `build on ${near}, or declare ${family} under images:`,
    });
  });
};

interface Use extends Place {
  readonly family: string;
  readonly user: string;
  readonly at: NonNullable<Place["at"]>;
}

function plannedUses({ blueprint }: PlanFacts): readonly Use[] {
  return blueprint.services.flatMap((service): Use[] => {
    if (!service.planned || service.family === undefined) return [];
    const { family, name } = service;
    const at = positionOf(blueprint, ["services", name, "family"]);
    return [{ family, user: `${name} is planned`, at, says: `${name} is planned on ${family}` }];
  });
}

/** Of the fleet's own Dockerfiles `check` says `unknown-parent`: they could not even be built. */
function exampleUses(facts: PlanFacts): readonly Use[] {
  const own = ownRef(facts);
  return facts.guides
    .flatMap(({ dockerfiles }) => dockerfiles)
    .flatMap((shown) =>
      shown.dockerfile.stages.flatMap((stage): Use[] => {
        const { ref, at } = baseOf(shown, stage);
        const family = own(ref)?.name;
        if (family === undefined || at !== stage.at) return [];
        return [{ family, user: `${shown.name} stands`, at, says: `FROM ${ref}` }];
      }),
    );
}

/** Like it in letters, else with all words but the first the same. */
function nearest(family: string, images: readonly string[]): string | undefined {
  const tail = family.slice(family.indexOf("-") + 1);
  return suggest(family, images) ?? images.find((image) => tail !== family && image.endsWith(`-${tail}`));
}
