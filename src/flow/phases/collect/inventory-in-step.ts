import type { Inventory } from "../../../core/inventory/inventory.ts";
import { hasDrifted, type InventoryRow } from "../../../core/inventory/row.ts";
import type { InventoryInStepFacts } from "../../../core/phases/rules/inventory-in-step.ts";
import { inventory } from "../../inventory/inventory.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

/** The engine of the machine; where the blueprint names none for it, that of this machine, and the facts say so. */
export const collectInventoryInStep: Collector<"inventory-in-step"> = async ({
  world,
  open,
  today,
  machine,
}) => {
  const own = open.fleet.blueprint.machines.find(({ name }) => name === machine)?.engine;
  const taken = await inventory(world, {
    engines: own === undefined || machine === undefined ? [] : [machine],
    since: undefined,
  });
  const instead =
    machine === undefined || own !== undefined
      ? null
      : `the blueprint names no engine for ${machine}: that of this machine was asked`;
  const facts: InventoryInStepFacts = {
    release: today.release?.tag ?? null,
    registry: taken.registry.host,
    instead,
    engines: taken.engines.map(({ name, why }) => ({ name, why: why ?? null })),
    silent: silentOf(taken),
    classes: countClasses(taken.rows),
    drift: taken.rows.filter(hasDrifted).map(({ image, tag, drift, reasons }) => ({
      image: tag === undefined ? image : `${image}:${tag}`,
      drift,
      why: reasons.join("; "),
    })),
  };
  return { facts: asFacts(facts) };
};

/** What the release was asked to leave out is none of the classes that it is measured by. */
function countClasses(rows: readonly InventoryRow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { drift, chosen } of rows) {
    const name = chosen ? "left out by choice" : drift;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Foreign images were never asked for; a silent engine says it by itself. */
function silentOf({ rows, uncertain, engines }: Inventory): readonly string[] {
  if (!uncertain || engines.some(({ why }) => why !== undefined)) return [];
  const silent = rows.filter(({ registry, drift }) => registry.state === "unknown" && drift !== "foreign");
  const names = [...new Set(silent.map(({ repository }) => repository))];
  // A worse class may cover the word in the rows; that something was not asked stays true.
  return names.length === 0 ? ["a repository"] : names;
}
