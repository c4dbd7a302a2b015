/** A generator of numbers that begins anywhere and is the same each time (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const OPERATORS = ["<<", "<=", "=", ">=", ">>"] as const;

export interface VersionPair {
  readonly a: string;
  readonly b: string;
  readonly operator: (typeof OPERATORS)[number];
}

const PARTS = [
  "0",
  "00",
  "1",
  "01",
  "9",
  "10",
  "2024",
  "99999999999999999999",
  ".",
  "..",
  "+",
  "~",
  "~~",
  "-",
];
const WORDS = [
  "a",
  "A",
  "z",
  "Z",
  "rc",
  "alpha",
  "dfsg",
  "git",
  "+deb12u1",
  "+b1",
  "~bpo12+1",
  "ubuntu",
  "-0",
  "-1",
];
const ODD = [":", "1:", "0:", "-", "_", "!", "é", " ", "+1:", "2147483647:", "2147483648:", "#", "^", "%"];

/** Versions as archives have them, near misses of each other, and, where `odd`, what dpkg warns of or refuses. */
export function versionPairs(count: number, seed: number, { odd }: { readonly odd: boolean }): VersionPair[] {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T; // The index is below its length.
  const version = (): string => {
    const epoch = random(4) === 0 ? `${random(3)}:` : "";
    let text = `${epoch}${random(12)}`;
    for (let left = random(7); left > 0; left--)
      text += pick(odd && random(6) === 0 ? ODD : random(2) === 0 ? PARTS : WORDS);
    return odd ? text : `${text}${text.endsWith("-") ? "1" : ""}`;
  };
  const near = (text: string): string => {
    const at = random(text.length + 1);
    const insert = pick(random(2) === 0 ? PARTS : WORDS);
    if (random(3) > 0) return text.slice(0, at) + insert + text.slice(at);
    const less = text.slice(0, at) + text.slice(at + 1);
    return less === "" ? "0" : less;
  };
  return Array.from({ length: count }, () => {
    const a = version();
    return { a, b: random(3) === 0 ? version() : random(8) === 0 ? a : near(a), operator: pick(OPERATORS) };
  });
}
