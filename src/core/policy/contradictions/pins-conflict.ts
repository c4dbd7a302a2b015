import { type Contradiction, contradiction, groupBy } from "./contradiction.ts";
import { derivationsOf } from "./derivations.ts";
import type { PlanFacts, Rule } from "./facts.ts";
import { KNOWN_REQUIREMENTS, type KnownRequirement } from "./known-requirements.ts";
import { type Pin, type PinList, readPins } from "./pins.ts";
import { compareReleases } from "./release-number.ts";

/** Two pins of one image and those below it that no release of the packages allows together. */
export const pinsConflict: Rule = (facts) => {
  const lists = [
    ...facts.pins,
    ...facts.guides.flatMap(({ requirements }) =>
      requirements.map(
        ({ image, text, at }): PinList => ({ image, origin: "guide", pins: readPins(text, at) }),
      ),
    ),
  ];
  return (["guide", "fleet"] as const).flatMap((origin) => {
    const own = lists.filter((list) => list.origin === origin);
    const byImage = groupBy(own, ({ image }) => image);
    const parents = parentsOf(facts, origin);
    return [...byImage].flatMap(([image, lists]) => {
      const below = ancestors(image, parents).flatMap((each) => byImage.get(each) ?? []);
      const pinned = groupBy(
        below.flatMap(({ pins }) => pins.filter(({ version }) => version !== undefined)),
        ({ name }) => name,
      );
      const where = origin === "guide" ? `${image}@guide` : image;
      const wanted = groupBy(
        lists.flatMap(({ pins }) => pins),
        ({ name, version = "" }) => `${name}==${version}`,
      );
      return [...wanted.values()].flatMap(([pin]) => conflictOf(pin, pinned, where));
    });
  });
};

function conflictOf(
  pin: Pin,
  pinned: ReadonlyMap<string, readonly [Pin, ...Pin[]]>,
  where: string,
): readonly Contradiction[] {
  const known = KNOWN_REQUIREMENTS.filter((each) => each.package === pin.name);
  const matching = known.filter((each) => pin.version === undefined || holds(each, pin.version));
  const needs = matching[0]?.needs;
  const [other] = (needs === undefined ? undefined : pinned.get(needs)) ?? [];
  if (needs === undefined || other?.version === undefined) return [];
  const { version } = other;
  if (matching.some(({ exactly }) => compareReleases(exactly, version) === 0)) return [];
  const wanted = pin.version === undefined ? pin.name : `${pin.name} ${pin.version}`;
  const [first, last] = [matching[0], matching.at(-1)];
  const takes =
    pin.version === undefined
      ? `no ${pin.name} from ${first?.from} to ${last?.through} takes ${needs} ${version}`
      : `${wanted} takes ${needs} ${first?.exactly} only`;
  return [
    contradiction({
      rule: "pins-conflict",
      subject: `${pin.name}+${needs}@${where}`,
      message: `${wanted} and ${needs} ${version} cannot both be had: ${takes}`,
      places: [
        { at: pin.at, says: wanted },
        { at: other.at, says: `${needs}==${version}` },
        { at: undefined, says: `${takes} (Requires-Dist of its wheels)` },
      ],
      resolution: `pin ${pairsAfter(matching, version)}`,
    }),
  ];
}

function holds({ from, through }: KnownRequirement, version: string): boolean {
  const [low, high] = [compareReleases(version, from), compareReleases(version, through)];
  return low !== undefined && high !== undefined && low >= 0 && high <= 0;
}

/** The first pair that goes together and is not older than what was wanted. */
function pairsAfter(known: readonly KnownRequirement[], version: string): string {
  const next = known.find(({ exactly }) => (compareReleases(exactly, version) ?? -1) >= 0) ?? known.at(-1);
  if (next === undefined) return "versions that go together";
  return `${next.needs} ${next.exactly} with ${next.package} ${next.from} to ${next.through}`;
}

function parentsOf(facts: PlanFacts, origin: PinList["origin"]): ReadonlyMap<string, string> {
  const drawn = origin === "guide" ? facts.guides.flatMap((guide) => guide.drawn) : [];
  const derived = derivationsOf(facts).filter((each) => each.origin === origin);
  return new Map([
    ...drawn.map(({ child, parent }) => [child, parent] as const),
    ...derived.map(({ image, parent }) => [image, parent] as const),
  ]);
}

/** The image and all under it. */
function ancestors(image: string, parents: ReadonlyMap<string, string>): readonly string[] {
  const chain: string[] = [];
  for (let at: string | undefined = image; at !== undefined && !chain.includes(at); at = parents.get(at))
    chain.push(at);
  return chain;
}
