import { DockerfileError } from "./error.ts";

/** Compiled patterns of one ignore file. Paths have slashes, are relative to the context, and never start with `./`. */
export interface IgnoreRules {
  /** True where BuildKit does not send this path: the file, or the folder itself. */
  readonly ignores: (path: string) => boolean;
  /** True where nothing below this folder can be sent, so that a walk need not enter it. */
  readonly prunes: (folder: string) => boolean;
}

/** Reads an ignore file as moby's ignorefile and patternmatcher do. Throws DockerfileError DOCKERIGNORE_PATTERN. */
export function parseIgnore(text: string, file = ".dockerignore"): IgnoreRules {
  throw new DockerfileError("DOCKERIGNORE_PATTERN", `not written yet (${text.length})`, {
    at: { file, line: 1, column: 1 },
  });
}

/** Where the ignore file of a Dockerfile may be: beside it under its own name (that wins), or in the context's root. */
export function ignoreFileNames(dockerfilePath: string): { readonly own: string; readonly shared: string } {
  return { own: `${dockerfilePath}.dockerignore`, shared: ".dockerignore" };
}
