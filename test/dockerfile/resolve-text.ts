import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import type { ResolvedDockerfile, ResolveOptions } from "../../src/core/dockerfile/resolved.ts";

/** A Dockerfile from lines, resolved for linux/amd64 without arguments unless told otherwise. */
export function resolveText(
  lines: readonly string[],
  options: Partial<ResolveOptions> = {},
): ResolvedDockerfile {
  return resolveDockerfile(parseDockerfile(`${lines.join("\n")}\n`, "Dockerfile"), {
    args: {},
    platform: "linux/amd64",
    contexts: [],
    ...options,
  });
}
