import type { FleetState, World } from "./world.ts";

export interface HoldOptions {
  /** What a second run is shown. */
  readonly command: string;
  /** Milliseconds to wait for another run of this fleet. */
  readonly wait: number;
}

/**
 * Does the work while no other run of this fleet can, and says for whom it waits. The work learns whether it waited:
 * what was planned before is then old. Throws LockError where it may not wait.
 */
export async function holdLock<Result>(
  world: World,
  state: FleetState,
  { command, wait }: HoldOptions,
  work: (waited: boolean) => Promise<Result>,
): Promise<Result> {
  let waited = false;
  const lock = await state.lock({
    command,
    wait,
    signal: world.drain,
    onWait: (holder) => {
      waited = true;
      const message = `waiting for another run of this fleet: ${holder.command} (process ${holder.pid} on ${holder.host})`;
      world.onEvent({ type: "note", level: "info", message });
    },
  });
  try {
    return await work(waited);
  } finally {
    await lock.release();
  }
}
