import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topologicalOrder } from "../../src/core/graph/order.ts";

const graphs = fc
  .array(fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map(
    (rows) =>
      new Map(rows.map((links, index) => [`n${index}`, links.map((link) => `n${link % rows.length}`)])),
  );

/** Slow and plain: is there a way from the node to itself? */
function isOnCycle(parents: ReadonlyMap<string, readonly string[]>, start: string): boolean {
  const seen = new Set<string>();
  const open = [...(parents.get(start) ?? [])];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === start) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(parents.get(at) ?? []));
  }
  return false;
}

describe("topologicalOrder", () => {
  it("keeps the order of the input where it may", () => {
    const order = topologicalOrder(
      new Map([
        ["c", ["a"]],
        ["b", []],
        ["a", []],
        ["d", ["elsewhere"]],
      ]),
    );
    expect(order).toEqual({
      ok: true,
      names: ["b", "a", "d", "c"],
      levels: new Map([
        ["b", 0],
        ["a", 0],
        ["d", 0],
        ["c", 1],
      ]),
    });
  });

  it("on any graph puts parents first, or shows cycles that are there", () => {
    fc.assert(
      fc.property(graphs, (parents) => {
        const order = topologicalOrder(parents);
        const cyclic = [...parents.keys()].filter((name) => isOnCycle(parents, name));
        expect(order.ok).toBe(cyclic.length === 0);
        if (order.ok) {
          const place = new Map(order.names.map((name, index) => [name, index]));
          for (const [name, all] of parents) {
            for (const parent of all) {
              expect(place.get(parent)).toBeLessThan(place.get(name) ?? -1);
              expect(order.levels.get(parent)).toBeLessThan(order.levels.get(name) ?? -1);
            }
          }
          return;
        }
        expect(order.cycles.length).toBeGreaterThan(0);
        for (const cycle of order.cycles) {
          expect(cycle[0]).toBe(cycle.at(-1));
          for (const [index, name] of cycle.slice(0, -1).entries())
            expect(parents.get(name)).toContain(cycle[index + 1]);
        }
      }),
    );
  });
});
