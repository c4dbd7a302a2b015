import { looseRef } from "../guide/image-name.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { allCommands, type Rule } from "./facts.ts";

/** One reference for the build caches of several images: each export replaces what the one before it wrote. */
export const sharedCache: Rule = (facts) => {
  const uses = allCommands(facts).flatMap(({ caches, tags, dockerfile }): Use[] => {
    const image = tags[0] === undefined ? dockerfile : looseRef(tags[0].text).name;
    if (image === undefined) return [];
    return caches.flatMap(({ text, at }) => {
      const ref = /(?:^|,)ref=([^,]+)/.exec(text)?.[1];
      return ref === undefined ? [] : [{ ref, image, at, says: `${image}: ${text.slice(0, 120)}` }];
    });
  });
  return [...groupBy(uses, ({ ref }) => ref)].flatMap(([ref, group]) => {
    const [first, ...others] = [...groupBy(group, ({ image }) => image).values()].map(([use]) => use);
    if (first === undefined || others.length === 0) return [];
    return [
      contradiction({
        rule: "shared-cache",
        subject: ref,
        message: `${others.length + 1} images share the cache ${ref}: each build throws away what the others need`,
        places: [first, ...others],
        resolution: `give each image its own reference, such as ${ref}:IMAGE`,
      }),
    ];
  });
};

interface Use extends Place {
  readonly ref: string;
  readonly image: string;
  readonly at: NonNullable<Place["at"]>;
}
