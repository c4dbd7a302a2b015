import { contradiction, groupBy } from "./contradiction.ts";
import { derivationsOf } from "./derivations.ts";
import type { Rule } from "./facts.ts";

/** A tree that draws an image under a parent which it does not derive from. */
export const drawnParent: Rule = (facts) => {
  const derivations = derivationsOf(facts);
  const ofImage = groupBy(derivations, ({ image }) => image);
  const known = new Set([...facts.graph.nodes.keys(), ...derivations.map(({ image }) => image)]);
  return facts.guides
    .flatMap(({ drawn }) => drawn)
    .filter(({ child, parent }) => known.has(child) && known.has(parent))
    .flatMap(({ child, parent, at }) => {
      const [real, ...others] = (ofImage.get(child) ?? []).filter((each) => each.parent !== parent);
      if (real === undefined) return [];
      return [
        contradiction({
          rule: "drawn-parent",
          subject: child,
          message: `${child} is drawn under ${parent}, but stands on ${real.parent}`,
          places: [{ at, says: `${child} is drawn under ${parent}` }, real, ...others],
          resolution: `draw ${child} under ${real.parent}, or derive it from ${parent}`,
        }),
      ];
    });
};
