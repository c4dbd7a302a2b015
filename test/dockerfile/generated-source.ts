import type { ContextSource } from "../../src/core/dockerfile/resolved.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface SourceCase {
  readonly seed: number;
  /** Every base name occurs once, so that nothing hides anything in the copy. */
  readonly files: readonly string[];
  readonly links: ReadonlyMap<string, string>;
  readonly sources: readonly ContextSource[];
}

const FOLDERS = ["src", "src/lib", "src/lib/deep", "docs", "a b", "[x]", "d1", "d2", "d1/inner"] as const;
const ENDINGS = [".py", ".md", ".txt", "", "_test.py"] as const;
const PIECES = [
  "*",
  "?*",
  "*.py",
  "*.md",
  "s*",
  "d[12]",
  "d?",
  "[^s]*",
  "[[]x]",
  "f[0-4]*",
  "l*",
  "d*",
] as const;
const EXCLUDES = [
  "*.md",
  "**/*.md",
  "lib",
  "*/deep",
  "!**/f1.md",
  "f*",
  "**/*_test.py",
  "inner/*",
  "src",
  ".",
] as const;

/** A tree with links, and COPY sources that fit it more or less. */
export function generateSourceCase(seed: number): SourceCase {
  const random = new SeededRandom(seed);
  const files = Array.from({ length: 12 + random.below(8) }, (_, index) => {
    const folder = random.chance(0.2) ? "" : `${random.pick(FOLDERS)}/`;
    return `${folder}f${index}${random.pick(ENDINGS)}`;
  });
  // BuildKit takes the target of a link for a pattern when it asks for the files, so brackets in one would miss; and
  // it loses sight of a link to a link that another instruction has passed through. So: neither here.
  const plain = files.find((file) => !file.includes("[")) ?? "";
  const links = new Map<string, string>();
  links.set("link1", random.pick(["src", "d1", "/src/lib", "../../d2", "nowhere"]));
  links.set("link2", random.pick([plain, "docs", "link2"]));
  links.set("src/link3", random.pick(["../d1", "lib", plain]));
  const all = [...files, ...links.keys()];
  const sources = Array.from({ length: 6 }, (): ContextSource => {
    const patterns = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => sourcePattern(random, all));
    const exclude = random.chance(0.4) ? [random.pick(EXCLUDES)] : [];
    return {
      kind: "copy",
      patterns,
      exclude,
      parents: false,
      at: { file: "Dockerfile", line: 1, column: 1 },
    };
  });
  return { seed, files, links, sources };
}

function sourcePattern(random: SeededRandom, all: readonly string[]): string {
  if (random.chance(0.1))
    return random.pick([".", "/", "./", "*", "../src", "src/..", "link1/", "missing", "missing/*.py"]);
  const parts = (all[random.below(all.length)] ?? "src").split("/");
  const kept = parts.slice(0, 1 + random.below(parts.length));
  const mixed = kept.map((part) => (random.chance(0.35) ? random.pick(PIECES) : part));
  if (random.chance(0.15)) mixed.unshift(random.pick(["link1", "", ".", "src/link3", "*"]));
  return mixed.join("/");
}
