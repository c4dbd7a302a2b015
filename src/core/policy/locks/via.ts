import { canonicalName } from "../../audit/python/canonical-name.ts";
import type { Requirement } from "./requirement.ts";

/** Who asks for a pinned distribution, by the `# via` comment that uv and pip-compile write under it. */
export interface Via {
  /** Normalised names. */
  readonly distributions: readonly string[];
  /** Paths of `-r`, and of projects in parentheses. */
  readonly inputs: readonly string[];
  /** Paths of `-c`: they limit, they do not ask. */
  readonly constraints: readonly string[];
}

/** Undefined where the requirement has no such comment. */
export function readVia({ comments }: Requirement): Via | undefined {
  const lines = comments.map(({ text }) => text);
  const start = lines.findIndex((line) => /^#\s*via(?:\s|$)/.test(line));
  if (start < 0) return undefined;
  const inline = (lines[start] ?? "").replace(/^#\s*via/, "");
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !/^#\s{2,}\S/.test(line));
  const below = (end < 0 ? rest : rest.slice(0, end)).map((line) => line.slice(1));
  const words = [...inline.split(","), ...below].map((word) => word.trim()).filter((word) => word !== "");
  const of = (flag: string): readonly string[] =>
    words.filter((word) => word.startsWith(`${flag} `)).map((word) => word.slice(flag.length).trim());
  const projects = words.flatMap((word) => /^\S+ \((.+)\)$/.exec(word)?.[1] ?? []);
  return {
    distributions: words
      .filter((word) => /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[.*\])?$/.test(word))
      .map((word) => canonicalName(word.replace(/\[.*/, ""))),
    inputs: [...of("-r"), ...of("--override"), ...of("--overrides"), ...projects],
    constraints: of("-c"),
  };
}
