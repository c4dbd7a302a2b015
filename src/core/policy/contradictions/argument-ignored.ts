import { isPredefined } from "../../dockerfile/predefined-args.ts";
import type { ShownDockerfile } from "../guide/shown-dockerfile.ts";
import { baseOf, lastStage } from "../guide/shown-dockerfile.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { allCommands, allDockerfiles, type PlanFacts, type Rule } from "./facts.ts";

/** A build argument that the Dockerfile does not declare: it is passed, ignored, and the lineage is another one. */
export const argumentIgnored: Rule = (facts) =>
  [...groupBy(ignored(facts), ({ name }) => name)].map(([name, group]) => {
    const [first, ...others] = group;
    const files = [...new Set(group.map(({ file }) => file))];
    return contradiction({
      rule: "argument-ignored",
      subject: name,
      message: `${name} is passed, but ${files.length === 1 ? files[0] : `${files.length} Dockerfiles`} declare${files.length === 1 ? "s" : ""} no ARG ${name}: it is ignored`,
      places: [first, first.from, ...others.flatMap((each) => [each, each.from])],
      resolution: `declare \`ARG ${name}\` where it is meant (before FROM, for a parent), or do not pass it`,
    });
  });

interface Ignored extends Place {
  readonly name: string;
  readonly file: string;
  readonly from: Place;
  readonly at: NonNullable<Place["at"]>;
}

function ignored(facts: PlanFacts): readonly Ignored[] {
  const shown = groupBy(allDockerfiles(facts), ({ name }) => name);
  return allCommands(facts).flatMap(({ dockerfile, args }) =>
    (shown.get(dockerfile ?? "") ?? []).flatMap((file) =>
      args
        .filter(({ name }) => !isPredefined(name) && !declares(file, name))
        .map(({ name, value, at }) => ({
          name,
          file: file.name,
          at,
          says: `--build-arg ${name}${value === undefined ? "" : `=${value.text.slice(0, 100)}`}`,
          from: standsOn(file),
        })),
    ),
  );
}

function standsOn(shown: ShownDockerfile): Place {
  const { ref, at } = baseOf(shown, lastStage(shown));
  return { at, says: `${shown.name}: FROM ${ref}` };
}

function declares({ dockerfile }: ShownDockerfile, name: string): boolean {
  const instructions = [...dockerfile.metaArgs, ...dockerfile.stages.flatMap((stage) => stage.instructions)];
  return instructions.some((each) => each.name === "ARG" && each.pairs.some(({ key }) => key === name));
}
