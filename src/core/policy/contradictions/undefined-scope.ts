import { positionOf } from "../../blueprint/positions.ts";
import { contradiction } from "./contradiction.ts";
import { allDemands } from "./demand.ts";
import type { Rule } from "./facts.ts";

/** Ways to take images back that say nothing by themselves of how much they take back. */
const TERMS: readonly { readonly subject: string; readonly pattern: RegExp }[] = [
  { subject: "-prev", pattern: /(?<![\w-])-prev\b/ },
  { subject: "re-tag", pattern: /\bre-?tag(?:s|ged|ging)?\b/i },
  { subject: "FORCE_IMAGE_TAG", pattern: /\bFORCE_IMAGE_TAG\b/ },
];
const SCOPE =
  /\b(?:whole fleet|fleet-wide|all (?:images|services|of them)|(?:each|every|one|a single|per) (?:image|service|machine)|image by image|service by service|named (?:images|services)|only the (?:image|service)s?)\b/i;

/** A way back that a document orders without ever saying whether it is for the whole fleet or for one service. */
export const undefinedScope: Rule = ({ guides, blueprint }) =>
  TERMS.flatMap(({ subject, pattern }) => {
    const mentions = guides.flatMap((guide) => allDemands(guide, pattern));
    const scoped = guides.some(({ blocks }) =>
      blocks.some(({ text }) => pattern.test(text) && SCOPE.test(text)),
    );
    const [first, ...others] = mentions;
    if (first === undefined || scoped) return [];
    const { services, images } = blueprint;
    return [
      contradiction({
        rule: "undefined-scope",
        subject,
        message: `${subject}: no document says whether it is for the whole fleet or for one service`,
        places: [
          { at: first.at, says: `${subject}, without a scope` },
          {
            at: positionOf(blueprint, ["services"]),
            says: `the fleet has ${images.length} images and ${services.length} services`,
          },
          ...others.map(({ at }) => ({ at, says: `${subject} again` })),
        ],
        resolution: `say beside ${subject} what it moves: the whole fleet, or one service`,
      }),
    ];
  });
