import { RegistryError } from "../error.ts";
import type { TimeSource } from "./time-source.ts";

export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly tries: number;
  /** Milliseconds before the second try; doubled each time, with jitter. */
  readonly firstWaitMs: number;
  /** Milliseconds that one operation may spend waiting in all. A registry that asks for more is believed, and given up. */
  readonly totalWaitMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { tries: 5, firstWaitMs: 200, totalWaitMs: 60_000 };

/** Waiting for one operation: how often, and how long so far. */
export interface RetryBudget {
  /** Waits and returns where another try is allowed; throws the error where not. */
  next(error: unknown, signal?: AbortSignal): Promise<void>;
  /** Progress was made (bytes arrived): the tries start anew, the time spent does not. */
  progress(): void;
}

/** The one retry layer: only errors that say they are temporary, in bounded number and time. */
export function createRetryBudget(policy: RetryPolicy, time: TimeSource): RetryBudget {
  let failures = 0;
  let waited = 0;
  return {
    progress() {
      failures = 0;
    },
    async next(error, signal) {
      if (!(error instanceof RegistryError) || !error.temporary) throw error;
      signal?.throwIfAborted();
      failures++;
      const backoff = policy.firstWaitMs * 2 ** (failures - 1);
      // Half fixed, half chance: many clients that failed together must not come back together.
      const jittered = backoff / 2 + (backoff / 2) * time.random();
      const wait = Math.max(jittered, error.retryAfterMs ?? 0);
      if (failures >= policy.tries || waited + wait > policy.totalWaitMs) throw error;
      waited += wait;
      await time.sleep(wait, signal);
    },
  };
}

/** Runs `attempt` until it succeeds, fails for good, or the budget is spent. */
export async function retrying<T>(
  budget: RetryBudget,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await budget.next(error, signal);
    }
  }
}
