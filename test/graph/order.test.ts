import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Order, topologicalOrder } from "../../src/core/graph/order.ts";

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

/** Edges that the order turns around, or cycles that are none. */
function faultsOf(order: Order, parents: ReadonlyMap<string, readonly string[]>): unknown[] {
  if (!order.ok) {
    if (order.cycles.length === 0) return ["no cycle shown"];
    return order.cycles.filter(
      (cycle) =>
        cycle[0] !== cycle.at(-1) ||
        !cycle.slice(1).every((name, index) => parents.get(cycle[index] ?? "")?.includes(name)),
    );
  }
  const place = new Map(order.names.map((name, index) => [name, index]));
  const edges = [...parents].flatMap(([name, all]) => all.map((parent) => [parent, name] as const));
  return edges.filter(
    ([parent, name]) =>
      (place.get(parent) ?? 99) >= (place.get(name) ?? -1) ||
      (order.levels.get(parent) ?? 99) >= (order.levels.get(name) ?? -1),
  );
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
        expect(faultsOf(order, parents)).toEqual([]);
      }),
    );
  });
});
