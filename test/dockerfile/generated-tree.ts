import { SeededRandom } from "./seeded-random.ts";

export interface GeneratedTree {
  readonly seed: number;
  /** Relative paths, sorted; no folder is empty. */
  readonly files: readonly string[];
  /** Text of the ignore file. */
  readonly ignore: string;
}

const NAMES = [
  "a",
  "b",
  "ab",
  "src",
  "docs",
  "node_modules",
  ".git",
  ".env",
  "main.py",
  "a.txt",
  "b.md",
  "README.md",
  "x y",
  "é",
  "[a]",
  "a-b",
  "a+b",
  "(c)",
  "$d",
  "^a",
  "!x",
  "a]b",
  "cache.pyc",
  "Dockerfile",
  ".dockerignore",
] as const;

const PIECES = [
  "*",
  "**",
  "?",
  "*.md",
  "*.py*",
  "a*",
  "*b*",
  "[ab]",
  "[^a]",
  "[a-c]b",
  "\\!x",
  "\\[a]",
  "..",
  ".",
] as const;

/** Text from pieces that trees are likely to meet; now and then something that BuildKit refuses. */
const ODD = [
  "[",
  "a[",
  "!",
  "\\",
  "[z-a]",
  "#comment",
  " ",
  "a|b",
  "*{2}",
  "[[:alpha:]]",
  "**a",
  "a**",
  "[*]b",
] as const;

/** A small tree with an ignore file that fits it; the same seed gives the same. */
export function generateTree(seed: number): GeneratedTree {
  const random = new SeededRandom(seed);
  const files = new Set<string>();
  const folders = new Set<string>();
  const wanted = 6 + random.below(14);
  for (let tries = 0; files.size < wanted && tries < 100; tries++) {
    const path = Array.from({ length: 1 + random.below(4) }, () => random.pick(NAMES));
    const above = path.slice(0, -1).map((_, index) => path.slice(0, index + 1).join("/"));
    const file = path.join("/");
    // The root's ignore file is what the test writes; a name cannot be a file and a folder.
    if (file.startsWith(".dockerignore") || folders.has(file) || above.some((folder) => files.has(folder)))
      continue;
    files.add(file);
    for (const folder of above) folders.add(folder);
  }
  const lines = Array.from({ length: 1 + random.below(5) }, () => ignoreLine(random, [...files]));
  // Exceptions matter where much is out.
  if (random.chance(0.4)) lines.unshift(random.pick(["*", "**", "*/*", "**/*.md", "src", "*\n!src"]));
  return { seed, files: [...files].sort(), ignore: lines.join(random.chance(0.1) ? "\r\n" : "\n") };
}

function ignoreLine(random: SeededRandom, files: readonly string[]): string {
  if (random.chance(0.04)) return random.pick(ODD);
  const parts = (files[random.below(files.length)] ?? "a").split("/");
  const kept = parts.slice(0, 1 + random.below(parts.length));
  const mixed = kept.map((part) => (random.chance(0.4) ? random.pick(PIECES) : part));
  if (random.chance(0.2)) mixed.unshift(random.chance(0.7) ? "**" : "");
  if (random.chance(0.15)) mixed.push(random.chance(0.5) ? "**" : "");
  const pattern = mixed.join("/");
  if (random.chance(0.35)) return random.chance(0.1) ? `! ${pattern}` : `!${pattern}`;
  return random.chance(0.05) ? `  ${pattern} ` : pattern;
}
