import { RegistryError } from "../error.ts";
import type { TimeSource } from "../http/time-source.ts";

/** Waits until GitHub allows one more request of a kind. */
export interface Pace {
  /** RegistryError REGISTRY_RATE_LIMITED where a reader would wait too long: it can ask elsewhere, a writer cannot. */
  take(kind: "read" | "write", signal?: AbortSignal): Promise<void>;
}

const WINDOW_MS = 60_000;
// "Rate limits for the REST API", secondary limits: 900 points a minute. A tenth is left to others with this token.
const POINTS = 810;
const COST = { read: 1, write: 5 } as const;
// "Best practices for using the REST API": at least a second between requests that write.
const BETWEEN_WRITES_MS = 1000;
const LONGEST_READ_WAIT_MS = 30_000;

/** Places are given in the order of asking, each at the first moment at which the minute before it has points left. */
export function createPace({ clock, sleep }: TimeSource): Pace {
  const taken: { readonly at: number; readonly points: number }[] = [];
  let sum = 0;
  let last = Number.NEGATIVE_INFINITY;
  let lastWrite = Number.NEGATIVE_INFINITY;
  return {
    async take(kind, signal) {
      const points = COST[kind];
      const now = clock();
      let at = Math.max(now, last, kind === "write" ? lastWrite + BETWEEN_WRITES_MS : 0);
      let gone = 0;
      let left = sum;
      for (const first of taken) {
        if (first.at + WINDOW_MS > at && left + points <= POINTS) break;
        at = Math.max(at, first.at + WINDOW_MS);
        left -= first.points;
        gone++;
      }
      if (kind === "read" && at - now > LONGEST_READ_WAIT_MS) {
        throw new RegistryError("REGISTRY_RATE_LIMITED", "GitHub's limit of requests a minute is used up");
      }
      taken.splice(0, gone);
      taken.push({ at, points });
      sum = left + points;
      last = at;
      if (kind === "write") lastWrite = at;
      if (at > now) await sleep(at - now, signal);
    },
  };
}
