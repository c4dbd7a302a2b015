import { LapstrakeError } from "../../core/base/error.ts";
import type { ContainerRunner, Engine } from "../../edge/engine/port.ts";
import type { World } from "../world.ts";

/** The engine of this machine, or why it cannot be asked. */
export type Containers = { readonly runner: ContainerRunner } | { readonly why: string };

export async function connectContainers(world: World): Promise<Containers> {
  const file = world.engine();
  if (file === undefined) return { why: "no engine was set up here (`scripts/engine up`)" };
  try {
    const engine = await world.engineAt(file.dockerHost);
    await engine.ping({ signal: world.kill });
    const runner = withContainers(engine);
    return runner === undefined ? { why: "this kind of engine runs no containers" } : { runner };
  } catch (error) {
    world.kill.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return { why: error.message };
  }
}

/** The engine with the power to run containers; undefined where its adapter has it not. */
function withContainers(engine: Engine): (Engine & ContainerRunner) | undefined {
  return runs(engine) ? engine : undefined;
}

function runs(engine: Engine): engine is Engine & ContainerRunner {
  return "createContainer" in engine && "waitContainer" in engine;
}
