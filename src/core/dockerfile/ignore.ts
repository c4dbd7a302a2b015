import { DockerfileError } from "./error.ts";
import { cleanPath } from "./go-path.ts";
import { IgnorePatternError } from "./ignore-pattern.ts";
import { LineReader } from "./line-reader.ts";
import { PatternList } from "./pattern-list.ts";
import { trimSpace } from "./space.ts";

/** Compiled patterns of one ignore file. Paths have slashes, are relative to the context, and never start with `./`. */
export interface IgnoreRules {
  /** True where BuildKit does not send this path: the file, or the folder itself (its files may still be sent). */
  readonly ignores: (path: string) => boolean;
  /** True where nothing below this folder can be sent, so that a walk need not enter it. */
  readonly prunes: (folder: string) => boolean;
}

/**
 * Reads an ignore file as moby's ignorefile and patternmatcher do. Throws DockerfileError DOCKERIGNORE_PATTERN (or
 * DOCKERFILE_LIMIT for a line of 64 KiB) where a build would fail too.
 */
export function parseIgnore(text: string, file = ".dockerignore"): IgnoreRules {
  const reader = new LineReader(text.replace(/^\ufeff/, ""), file);
  const patterns: string[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    const pattern = line.startsWith("#") ? "" : normalised(trimSpace(line));
    if (pattern === "") continue;
    checkPattern(pattern, { file, line: reader.line, column: 1 });
    patterns.push(pattern);
  }
  const list = new PatternList(patterns);
  return { ignores: (path) => list.matches(path), prunes: (folder) => list.closes(folder) };
}

/**
 * Where the ignore file of a Dockerfile may be: beside it under its own name (which wins, even when it is empty), or in
 * the context's root. Neither file is special otherwise: both are sent with the context unless a pattern names them.
 */
export function ignoreFileNames(dockerfilePath: string): { readonly own: string; readonly shared: string } {
  return { own: `${dockerfilePath}.dockerignore`, shared: ".dockerignore" };
}

/** ignorefile.ReadAll: cleaned, one leading slash gone, a `!` kept in front. */
function normalised(line: string): string {
  const exception = line.startsWith("!");
  const body = exception ? trimSpace(line.slice(1)) : line;
  if (body === "") return line === "" ? "" : "!";
  const clean = cleanPath(body);
  const relative = clean.length > 1 && clean.startsWith("/") ? clean.slice(1) : clean;
  return exception ? `!${relative}` : relative;
}

function checkPattern(pattern: string, at: { file: string; line: number; column: number }): void {
  try {
    // Compiled again in the list below; here only for the line number.
    new PatternList([pattern]).matches("");
  } catch (error) {
    if (!(error instanceof IgnorePatternError)) throw error;
    throw new DockerfileError("DOCKERIGNORE_PATTERN", error.message, { at });
  }
}
