import { FlowError } from "../error.ts";
import type { World } from "../world.ts";

/**
 * Makes the Docker of this machine the engine of lapstrake, as `scripts/engine up` does on a laptop: a runner is new for each
 * job. LAPSTRAKE_ENGINE may say otherwise.
 */
export async function prepareRunner(world: World): Promise<void> {
  const { engineScript } = await world.machine();
  let last = "";
  const record = await world.runner.run({
    argv: [engineScript, "up"],
    env: { LAPSTRAKE_ENGINE: world.env["LAPSTRAKE_ENGINE"] ?? "host" },
    signal: world.kill,
    onStderr: (message) => {
      last = message;
      world.onEvent({ type: "note", level: "info", message });
    },
  });
  world.kill.throwIfAborted();
  if (record.outcome === "ok") return;
  throw new FlowError("NO_ENGINE", `${engineScript} up: ${last === "" ? record.outcome : last}`, {
    hint: "the machine needs a Docker with the containerd image store and buildx 0.17 or newer",
  });
}
