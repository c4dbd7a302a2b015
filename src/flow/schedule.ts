/** How one node ended. `blocked` names the nearest node that kept it from being tried; `cancelled` was drained. */
export type NodeOutcome<Result> =
  | { readonly state: "done"; readonly result: Result }
  | { readonly state: "failed"; readonly result: Result }
  | { readonly state: "blocked"; readonly by: string }
  | { readonly state: "cancelled" };

export interface Schedule<Result> {
  /** Names in topological order, each with the parents that must be done before it. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /** A node's share of the limit; one that is heavier than the limit runs alone. */
  weight(name: string): number;
  readonly limit: number;
  /** Stop starting nodes after the first failure; those that run are let finish. */
  readonly failFast: boolean;
  /** Aborted: nothing more is started, what runs is let finish. */
  readonly drain?: AbortSignal;
  /** Says itself whether the node is good. Where it throws, nothing more is started and the error is thrown at the end. */
  run(name: string): Promise<{ readonly ok: boolean; readonly result: Result }>;
  onBlocked?(name: string, by: string): void;
}

/**
 * Runs a graph with bounded parallelism, going on past failures: descendants of a failed node are blocked, the rest
 * is done. The nodes that most others wait for are started first. Settles when nothing runs any more, also where `run`
 * threw: a caller that lets go of a lock must know that nobody works under it.
 */
export async function runSchedule<Result>(
  schedule: Schedule<Result>,
): Promise<Map<string, NodeOutcome<Result>>> {
  const outcomes = new Map<string, NodeOutcome<Result>>();
  const rank = heights(schedule.parents);
  const waiting = new Set(schedule.parents.keys());
  const running = new Set<Promise<void>>();
  let load = 0;
  /** The failure after which nothing more is started. */
  let stopper: string | undefined;
  const thrown: unknown[] = [];

  const start = (name: string): void => {
    const weight = Math.min(schedule.weight(name), schedule.limit);
    waiting.delete(name);
    load += weight;
    const job = schedule
      .run(name)
      .then(
        ({ ok, result }) => {
          outcomes.set(name, { state: ok ? "done" : "failed", result });
          if (!ok && schedule.failFast) stopper ??= name;
        },
        (error: unknown) => void thrown.push(error),
      )
      .finally(() => {
        load -= weight;
        running.delete(job);
      });
    running.add(job);
  };

  for (;;) {
    blockDescendants(schedule, waiting, outcomes);
    if (stopper === undefined && thrown.length === 0 && schedule.drain?.aborted !== true) {
      const ready = [...waiting].filter((name) => isReady(schedule, name, outcomes));
      ready.sort((a, b) => (rank.get(b) ?? 0) - (rank.get(a) ?? 0));
      for (const name of ready) {
        if (load > 0 && load + Math.min(schedule.weight(name), schedule.limit) > schedule.limit) break;
        start(name);
      }
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  if (thrown.length > 0) throw thrown[0];
  const drained = schedule.drain?.aborted === true;
  for (const name of waiting) {
    if (drained || stopper === undefined) outcomes.set(name, { state: "cancelled" });
    else block(schedule, outcomes, { name, by: stopper });
  }
  return outcomes;
}

function block<Result>(
  schedule: Schedule<Result>,
  outcomes: Map<string, NodeOutcome<Result>>,
  { name, by }: { readonly name: string; readonly by: string },
): void {
  outcomes.set(name, { state: "blocked", by });
  schedule.onBlocked?.(name, by);
}

function isReady<Result>(
  schedule: Schedule<Result>,
  name: string,
  outcomes: ReadonlyMap<string, NodeOutcome<Result>>,
): boolean {
  return (schedule.parents.get(name) ?? []).every(
    (parent) => !schedule.parents.has(parent) || outcomes.get(parent)?.state === "done",
  );
}

function blockDescendants<Result>(
  schedule: Schedule<Result>,
  waiting: Set<string>,
  outcomes: Map<string, NodeOutcome<Result>>,
): void {
  // The names are in topological order, so one pass reaches the furthest descendant.
  for (const name of waiting) {
    const by = (schedule.parents.get(name) ?? []).find((parent) => {
      const state = outcomes.get(parent)?.state;
      return state === "failed" || state === "blocked" || state === "cancelled";
    });
    if (by === undefined) continue;
    waiting.delete(name);
    block(schedule, outcomes, { name, by });
  }
}

/** The length of the longest chain of descendants: the critical path starts with the highest. */
function heights(parents: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const height = new Map<string, number>();
  for (const name of [...parents.keys()].reverse()) {
    const own = height.get(name) ?? 0;
    height.set(name, own);
    for (const parent of parents.get(name) ?? [])
      height.set(parent, Math.max(height.get(parent) ?? 0, own + 1));
  }
  return height;
}
