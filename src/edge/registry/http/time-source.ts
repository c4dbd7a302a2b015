import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../../../core/base/clock.ts";

/** Time and chance, as arguments, so that tests own both. */
export interface TimeSource {
  readonly clock: Clock;
  /** Resolves after some milliseconds; rejects with the signal's reason when that comes first. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const realTime: TimeSource = {
  clock: Date.now,
  random: Math.random,
  sleep: async (ms, signal) => {
    try {
      await wait(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
