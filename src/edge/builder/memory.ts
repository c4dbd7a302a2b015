import type { BuildEvent } from "../../core/base/build-event.ts";
import type { Digest } from "../../core/base/digest.ts";
import type {
  Builder,
  BuildFailure,
  BuildFailureReason,
  BuildOptions,
  BuildRequest,
  BuildResult,
} from "./port.ts";

/** What a test's builder does with a request: a result at once or later. `options.signal` is its to obey. */
export type BuildFunction = (
  request: BuildRequest,
  options: Required<BuildOptions>,
) => BuildResult | Promise<BuildResult>;

export interface MemoryBuilder extends Builder {
  /** Every request so far, in the order of their start. */
  readonly requests: readonly BuildRequest[];
  /** How many builds ran at the same time, at most. */
  readonly mostAtOnce: number;
}

/**
 * A builder whose builds are a function. A signal that is aborted before the build ends gives `cancelled`, as the real builder does.
 */
export function createMemoryBuilder(build: BuildFunction): MemoryBuilder {
  const requests: BuildRequest[] = [];
  let running = 0;
  let mostAtOnce = 0;
  return {
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async build(request, { signal = new AbortController().signal, onEvent = ignore } = {}) {
      requests.push(request);
      running++;
      mostAtOnce = Math.max(mostAtOnce, running);
      try {
        return await Promise.race([aborted(signal), build(request, { signal, onEvent })]);
      } finally {
        running--;
      }
    },
  };
}

/** A good result, for tests. */
export function built(digest: Digest, durationMs = 1): BuildResult {
  return { ok: true, digest, durationMs, steps: { total: 1, cached: 0 }, warnings: [] };
}

/** A bad result, for tests. */
export function notBuilt(reason: BuildFailureReason, message: string = reason): BuildFailure {
  return { ok: false, reason, message, logTail: [], durationMs: 1, exitCode: 1 };
}

function aborted(signal: AbortSignal): Promise<BuildResult> {
  const result: BuildResult = { ...notBuilt("cancelled"), exitCode: 130 };
  return new Promise((resolve) => {
    if (signal.aborted) resolve(result);
    else signal.addEventListener("abort", () => resolve(result), { once: true });
  });
}

function ignore(_event: BuildEvent): void {
  // Nobody listens.
}
