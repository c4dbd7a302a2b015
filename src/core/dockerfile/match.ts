import type { ContextSource } from "./resolved.ts";

export interface ContextFiles {
  /** Files (and, with a slash at the end, empty folders) that the ignore file lets through. Relative, with slashes. */
  readonly files: readonly string[];
  /** Symbolic links among `files`: path to target, as the link has it. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface SourceMatch {
  /** Sorted, each once. Links that are followed are listed as well as what they lead to. */
  readonly files: readonly string[];
  /** Sources without a wildcard that name nothing: BuildKit fails on these. */
  readonly missing: readonly string[];
}

/** Which files one COPY, ADD or bind mount reads. */
export function matchSources(source: ContextSource, tree: ContextFiles): SourceMatch {
  return { files: tree.files, missing: source.patterns };
}
