import { LapstrakeError } from "../../core/base/error.ts";
import type { ContainerRunner, ContainerSpec } from "../../edge/engine/port.ts";
import type { World } from "../world.ts";

/** A container for as long as `use` takes; `refused` is what the engine said where it could not be started. */
export async function withContainer<Result>(
  world: Pick<World, "kill">,
  engine: ContainerRunner,
  spec: ContainerSpec,
  use: (id: string, refused: string | undefined) => Promise<Result>,
): Promise<Result> {
  const id = await engine.createContainer(spec, { signal: world.kill });
  try {
    const refused = await engine.startContainer(id, { signal: world.kill }).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof LapstrakeError && error.code === "ENGINE_REFUSED") return error.message;
        throw error;
      },
    );
    return await use(id, refused);
  } finally {
    // Also after Ctrl-C, whose signal would end this call before it is sent.
    await engine.removeContainer(id);
  }
}

/** Its exit code; undefined where it still runs after that many milliseconds. */
export async function exitWithin(
  world: Pick<World, "kill">,
  engine: ContainerRunner,
  { id, ms }: { readonly id: string; readonly ms: number },
): Promise<number | undefined> {
  const limit = AbortSignal.timeout(ms);
  return engine
    .waitContainer(id, { signal: AbortSignal.any([world.kill, limit]) })
    .catch((error: unknown) => {
      if (limit.aborted && !world.kill.aborted) return undefined;
      throw error;
    });
}
