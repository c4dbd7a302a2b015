import { lastStage } from "../guide/shown-dockerfile.ts";
import { contradiction } from "./contradiction.ts";
import { firstDemands } from "./demand.ts";
import { allDockerfiles, type Rule } from "./facts.ts";

const MULTI_STAGE = /\bmulti-?stage\b[^\n]{0,60}/i;

/** A document wants every image built in several stages, and Dockerfiles have one. */
export const singleStage: Rule = (facts) => {
  const [demand] = firstDemands(facts.guides, MULTI_STAGE);
  if (demand === undefined) return [];
  const single = allDockerfiles(facts).filter(({ dockerfile }) => dockerfile.stages.length === 1);
  return (["guide", "fleet"] as const).flatMap((origin) => {
    const [first, ...others] = single.filter((shown) => shown.origin === origin);
    if (first === undefined) return [];
    const count = others.length + 1;
    const place = (shown: typeof first) => ({ at: lastStage(shown).at, says: `${shown.name} has one stage` });
    return [
      contradiction({
        rule: "single-stage",
        subject: origin,
        message: `${demand.guide.file} wants images of several stages, and ${
          origin === "guide" ? `${count} of the documents' examples` : `${count} of the fleet's Dockerfiles`
        } ${count === 1 ? "has" : "have"} one`,
        places: [place(first), { at: demand.at, says: `"${demand.words}"` }, ...others.map(place)],
        resolution: "say which images need a builder stage (those that compile), or give each of these one",
      }),
    ];
  });
};
