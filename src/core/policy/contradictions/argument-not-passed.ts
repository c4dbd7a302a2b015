import { isWithin } from "../guide/guide.ts";
import { contradiction } from "./contradiction.ts";
import { allDemands } from "./demand.ts";
import type { Rule } from "./facts.ts";

// `build-arg MACHINE`, build argument `MACHINE`, and `MACHINE` build-arg.
const DEMANDS = [
  /\bbuild[- ]arg(?:ument)?s?[ \t]+`?([A-Z][A-Z0-9_]+)`?/,
  /`([A-Z][A-Z0-9_]+)`[ \t]+build[- ]arg(?:ument)?\b/,
];

/** A section of a document asks for a build argument, and none of the builds that it shows passes it. */
export const argumentNotPassed: Rule = (facts) =>
  facts.guides.flatMap((guide) => {
    const seen = new Set<string>();
    return DEMANDS.flatMap((pattern) => allDemands(guide, pattern)).flatMap((demand) => {
      const name = demand.words;
      const builds = guide.commands.filter(({ section }) => isWithin(section, demand.section));
      const [first, ...others] = builds;
      const subject = `${name}@${demand.section.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
      if (first === undefined || seen.has(subject)) return [];
      if (builds.some(({ args }) => args.some((arg) => arg.name === name))) return [];
      seen.add(subject);
      return [
        contradiction({
          rule: "argument-not-passed",
          subject,
          message: `"${demand.section.title}" asks for the build argument ${name}, and none of its ${builds.length} build(s) passes it`,
          places: [
            { at: demand.at, says: `build argument ${name}` },
            { at: first.at, says: `the build of ${first.dockerfile ?? "a Dockerfile"} passes no ${name}` },
            ...others.map(({ at, dockerfile }) => ({
              at,
              says: `nor does that of ${dockerfile ?? "another"}`,
            })),
          ],
          resolution: `pass --build-arg ${name} where the images differ by it, or say for which images it is not needed`,
        }),
      ];
    });
  });
