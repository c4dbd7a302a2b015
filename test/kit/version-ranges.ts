import type { OsvEvent } from "../../src/core/advisory/osv/record.ts";
import { versionPairs } from "./debian-versions.ts";
import { createRandom, pick, type Random } from "./seeded-random.ts";

/** A version and what a record says of versions, in a form that other programs read as JSON. */
export interface RangeCase {
  readonly version: string;
  readonly ranges: readonly (readonly OsvEvent[])[];
  readonly versions: readonly string[];
}

/** Ranges of Python's versions, with what makes them hard: pre-, post-, dev- and local versions, epochs, odd spellings. */
export function pypiCases(count: number, seed: number): RangeCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => rangeCase(random, () => pypiVersion(random)));
}

/** The same of Debian's. */
export function debianCases(count: number, seed: number): RangeCase[] {
  const random = createRandom(seed);
  // Near misses of each other, so that comparisons are close; without those that dpkg refuses.
  const pairs = versionPairs(2 * count, seed, { odd: false }).filter(({ a, b }) =>
    [a, b].every((text) => /^(?:\d{1,3}:)?\d[A-Za-z0-9.+~]*(?:-[A-Za-z0-9.+~]+)*$/.test(text)),
  );
  return pairs.slice(0, count).map(({ a, b }, index) => {
    const third = pairs[(index + 1) % pairs.length]?.a ?? a;
    return rangeCase(random, () => pick(random, [a, b, b, third]));
  });
}

function rangeCase(random: Random, version: () => string): RangeCase {
  return {
    version: version(),
    ranges: Array.from({ length: random(8) === 0 ? 2 : 1 }, () => events(random, version)),
    versions: random(6) === 0 ? Array.from({ length: 1 + random(3) }, version) : [],
  };
}

/** In no order; those of one range close it by `fixed` or by `last_affected`, never both. */
function events(random: Random, version: () => string): readonly OsvEvent[] {
  const end = random(3) === 0 ? "last_affected" : "fixed";
  const all: OsvEvent[] = [["introduced", random(3) === 0 ? "0" : version()]];
  if (random(8) > 0) all.push([end, version()]);
  if (random(5) === 0) all.push(["introduced", version()], [end, version()]);
  if (random(10) === 0) all.push(["limit", random(3) === 0 ? "*" : version()]);
  return random(4) === 0 ? all.reverse() : all;
}

/** Few numbers, so that versions meet. */
function pypiVersion(random: Random): string {
  const number = (): string => pick(random, ["0", "1", "2", "3", "9", "10", "01", "2024"]);
  const release = Array.from({ length: 1 + random(3) }, number).join(".");
  const optional = (chance: number, text: () => string): string => (random(chance) === 0 ? text() : "");
  return [
    optional(20, () => `${random(3)}!`),
    release,
    optional(4, () => `${pick(random, ["a", "b", "rc", ".alpha", "-c", "_pre"])}${number()}`),
    optional(6, () => pick(random, [".post1", "-1", ".r2", "post", ".post10"])),
    optional(6, () => pick(random, [".dev0", ".dev1", "dev"])),
    optional(8, () => pick(random, ["+cu121", "+cpu", "+1", "+1.local", "+ubuntu-1"])),
  ].join("");
}
