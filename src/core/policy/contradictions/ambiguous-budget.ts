import { positionOf } from "../../blueprint/positions.ts";
import { placeIn } from "../guide/guide.ts";
import { contradiction } from "./contradiction.ts";
import type { PlanFacts, Rule } from "./facts.ts";

const SIZE = /\d[\d.,]{0,15}\s?[KMG]i?B\b/;
const BUDGET = /\b(?:budgets?|size (?:goal|target|limit)|image sizes?)\b/i;
const MEASURE = /\b(?:un)?compressed\b|\bunpacked\b|\bon disk\b|\bas (?:pulled|stored)\b/i;

/** A size that images may have, without saying which: the registry's compressed bytes or what a machine unpacks. */
export const ambiguousBudget: Rule = (facts) =>
  facts.guides.flatMap(({ file, blocks }) =>
    blocks
      .filter(({ text }) => BUDGET.test(text) && SIZE.test(text) && !MEASURE.test(text))
      .slice(0, 1)
      .map((block) =>
        contradiction({
          rule: "ambiguous-budget",
          subject: file,
          message: `${file} limits sizes without saying whether compressed or unpacked: the two differ three to four times`,
          places: [
            {
              at: placeIn(block, block.text.search(SIZE)),
              says: `"${block.text.replaceAll(/\s+/g, " ").trim().slice(0, 120)}"`,
            },
            { at: positionOf(facts.blueprint, ["budgets"]), says: declared(facts) },
          ],
          resolution: "write compressed or unpacked beside each size",
        }),
      ),
  );

function declared({ blueprint }: PlanFacts): string {
  const said = (["cpu", "gpu"] as const).flatMap((tier) =>
    (["compressed", "unpacked"] as const).flatMap((measure) => {
      const bytes = blueprint.budgets[tier][measure];
      return bytes === undefined ? [] : [`${tier} ${bytes / 1e6} MB ${measure}`];
    }),
  );
  return said.length === 0 ? "the blueprint has no budgets" : `the budgets are ${said.join(", ")}`;
}
