import type { Dockerfile } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import type { ResolvedDockerfile, ResolveOptions } from "./resolved.ts";

/** Expands a Dockerfile for one set of arguments, keeping what the target reaches. Throws DockerfileError. */
export function resolveDockerfile(dockerfile: Dockerfile, options: ResolveOptions): ResolvedDockerfile {
  throw new DockerfileError("DOCKERFILE_STAGE", `not written yet (${dockerfile.file}, ${options.platform})`);
}
