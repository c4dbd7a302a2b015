import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runSchedule, type Schedule } from "../../src/flow/schedule.ts";

type Parents = Readonly<Record<string, readonly string[]>>;

interface Watched {
  readonly order: string[];
  mostLoad: number;
  readonly blocked: string[];
}

/** Runs a graph whose nodes take a turn of the event loop each, and watches. */
async function watch(
  parents: Parents,
  options: Partial<Schedule<string>> & {
    readonly fails?: readonly string[];
    readonly weights?: Readonly<Record<string, number>>;
    readonly turns?: (name: string) => number;
  } = {},
) {
  const { fails = [], weights = {}, turns = () => 1, limit = 2 } = options;
  const seen: Watched = { order: [], mostLoad: 0, blocked: [] };
  const running = new Set<string>();
  const done = new Set<string>();
  const weight = (name: string): number => weights[name] ?? 1;
  const outcomes = await runSchedule<string>({
    failFast: false,
    onBlocked: (name, by) => void seen.blocked.push(`${name} by ${by}`),
    run: async (name) => {
      for (const parent of parents[name] ?? []) {
        if (parent in parents && !done.has(parent)) throw new Error(`${name} ran before ${parent}`);
      }
      seen.order.push(name);
      running.add(name);
      const load = [...running].reduce((sum, each) => sum + Math.min(weight(each), limit), 0);
      seen.mostLoad = Math.max(seen.mostLoad, load);
      for (let turn = 0; turn < turns(name); turn++) await new Promise(setImmediate);
      running.delete(name);
      const ok = !fails.includes(name);
      if (ok) done.add(name);
      return { ok, result: name };
    },
    ...options,
    limit,
    weight,
    parents: new Map(Object.entries(parents)),
  });
  expect(running.size).toBe(0);
  const states = Object.fromEntries([...outcomes].map(([name, { state }]) => [name, state]));
  return { ...seen, states, outcomes };
}

describe("the schedule", () => {
  it("starts what most others wait for first", async () => {
    const parents = { leaf1: [], leaf2: [], root: [], middle: ["root"], end: ["middle"] };
    const { order } = await watch(parents, { limit: 1 });
    expect(order).toEqual(["root", "middle", "leaf1", "leaf2", "end"]);
  });

  it("keeps within the limit, and uses it", async () => {
    const parents = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`n${index}`, []]));
    expect((await watch(parents, { limit: 3 })).mostLoad).toBe(3);
  });

  it("counts weights; a node heavier than the limit runs alone", async () => {
    const weights = { heavy: 9, two: 2 };
    const together: string[][] = [];
    const running = new Set<string>();
    await watch(
      { heavy: [], one: [], two: [] },
      {
        limit: 2,
        weights,
        run: async (name) => {
          running.add(name);
          together.push([...running]);
          await new Promise(setImmediate);
          running.delete(name);
          return { ok: true, result: name };
        },
      },
    );
    expect(together).toEqual([["heavy"], ["one"], ["two"]]);
  });

  it("goes on past a failure; exactly its descendants are blocked, each by the nearest", async () => {
    const parents = { a: [], b: ["a"], c: ["b"], d: [], e: ["d", "c"], f: ["d"] };
    const { states, blocked } = await watch(parents, { fails: ["a"] });
    expect(states).toEqual({ a: "failed", b: "blocked", c: "blocked", d: "done", e: "blocked", f: "done" });
    expect(blocked.sort()).toEqual(["b by a", "c by b", "e by c"]);
  });

  it("with fail-fast starts nothing after the first failure, but lets what runs end", async () => {
    const parents = { a: [], b: [], c: [], d: ["b"] };
    const { states, outcomes } = await watch(parents, {
      fails: ["a"],
      failFast: true,
      turns: (name) => (name === "b" ? 5 : 1),
    });
    expect(states).toEqual({ a: "failed", b: "done", c: "blocked", d: "blocked" });
    expect(outcomes.get("c")).toEqual({ state: "blocked", by: "a" });
  });

  it("when drained starts nothing more; what was not tried is cancelled", async () => {
    const drain = new AbortController();
    const { states, order } = await watch(
      { a: [], b: [], c: [], d: ["a"] },
      {
        drain: drain.signal,
        turns: (name) => {
          drain.abort();
          return name === "b" ? 5 : 1;
        },
      },
    );
    expect(order).toEqual(["a", "b"]);
    expect(states).toEqual({ a: "done", b: "done", c: "cancelled", d: "cancelled" });
  });

  it("that was drained before it began runs nothing", async () => {
    const { states } = await watch({ a: [] }, { drain: AbortSignal.abort() });
    expect(states).toEqual({ a: "cancelled" });
  });

  it("throws what a node threw, but only when nothing runs any more", async () => {
    let ended = false;
    const slow = async (): Promise<{ ok: boolean; result: string }> => {
      for (let turn = 0; turn < 9; turn++) await new Promise(setImmediate);
      ended = true;
      return { ok: true, result: "" };
    };
    const started: string[] = [];
    const run = async (name: string): Promise<{ ok: boolean; result: string }> => {
      started.push(name);
      if (name === "bad") throw new RangeError("the disk is full");
      return slow();
    };
    await expect(watch({ bad: [], slow: [], later: [] }, { run })).rejects.toThrow(RangeError);
    expect(ended).toBe(true);
    expect(started).toEqual(["bad", "slow"]);
  });

  it("ignores parents that are not in the graph", async () => {
    expect((await watch({ a: ["elsewhere"] })).states).toEqual({ a: "done" });
  });
});

/** A random graph: each node has parents among those before it. */
const graphs = fc
  .array(fc.tuple(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((nodes) => ({
    parents: Object.fromEntries(
      nodes.map(([links], index) => [
        `n${index}`,
        index === 0 ? [] : [...new Set(links.map((link) => `n${link % index}`))],
      ]),
    ),
    weights: Object.fromEntries(nodes.map(([, weight], index) => [`n${index}`, weight])),
  }));

describe("on any graph", () => {
  it("never runs a node before its parents, never exceeds the limit, blocks exactly the descendants, and ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat({ max: 24 }), { maxLength: 3 }),
        async ({ parents, weights }, limit, failing) => {
          const names = Object.keys(parents);
          const fails = failing.flatMap((index) => names[index] ?? []);
          const turns = (name: string): number => Number(name.slice(1)) % 3;
          const { states, mostLoad, order } = await watch(parents, { limit, weights, fails, turns });
          expect(Object.keys(states)).toHaveLength(names.length);
          expect(mostLoad).toBeLessThanOrEqual(limit);
          expect(new Set(order).size).toBe(order.length);
          const lost = new Set<string>();
          for (const name of names) {
            const isBlocked = (parents[name] ?? []).some(
              (parent) => lost.has(parent) || fails.includes(parent),
            );
            if (isBlocked) lost.add(name);
            expect(states[name]).toBe(isBlocked ? "blocked" : fails.includes(name) ? "failed" : "done");
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("ends with every node told, however it is drained or fails fast", async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat({ max: 20 }), fc.boolean(), async ({ parents }, after, failFast) => {
        const drain = new AbortController();
        let runs = 0;
        const { states, order } = await watch(parents, {
          drain: drain.signal,
          failFast,
          fails: failFast ? ["n2"] : [],
          turns: () => {
            if (++runs === after) drain.abort();
            return 1;
          },
        });
        const tried = Object.entries(states).filter(([, state]) => state === "done" || state === "failed");
        expect(tried.map(([name]) => name).sort()).toEqual([...order].sort());
        expect(Object.keys(states)).toHaveLength(Object.keys(parents).length);
      }),
      { numRuns: 100 },
    );
  });
});
