import type { EngineFile } from "../../edge/tree/engine-file.ts";

/** Empties this engine's build cache. Images stay: they are in the registry. */
export function pruneCommand({ dockerHost, buildx, buildxConfig }: EngineFile): string {
  return `DOCKER_HOST=${dockerHost} BUILDX_CONFIG=${buildxConfig} ${buildx.join(" ")} prune --builder default`;
}
