import { writeFileSync } from "node:fs";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { type BakeOptions, bakeFile } from "../test/kit/generated-bake.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import type { Command } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

/** The tag under which the peer pushes. */
export const PEER_TAG = "peer";

/** buildx on the same engine, with the same private configuration as ours, and without attestations, as ours. */
export function buildxCommand(bench: Workbench, fleet: GeneratedFleet, ...args: readonly string[]): Command {
  const { engine } = bench;
  const env = {
    ...cleanEnvironment(),
    DOCKER_HOST: engine.dockerHost,
    BUILDX_CONFIG: engine.buildxConfig,
    BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
  };
  return { argv: [...engine.buildx, ...args], cwd: fleet.folder, env };
}

/** The namespace that the peer pushes this fleet into. */
export function peerRepository(bench: Workbench, fleet: GeneratedFleet): string {
  return `${bench.engine.registry}/${fleet.name}-peer`;
}

/** One `buildx bake` of the fleet. The file is written now, beside the fleet and not in it. */
export function bakeCommand(
  bench: Workbench,
  fleet: GeneratedFleet,
  { images, print = false }: Pick<BakeOptions, "images"> & { readonly print?: boolean } = {},
): Command {
  const path = bench.path(`${fleet.name}.docker-bake.json`);
  const options = { repository: peerRepository(bench, fleet), tag: PEER_TAG };
  const file = bakeFile(fleet, images === undefined ? options : { ...options, images });
  writeFileSync(path, JSON.stringify(file, undefined, 2));
  const how = print ? ["--print"] : ["--progress=quiet"];
  return buildxCommand(bench, fleet, "bake", "--file", path, ...how);
}
