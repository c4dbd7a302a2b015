import { isDrift } from "../../../core/inventory/drift.ts";
import type { Inventory } from "../../../core/inventory/inventory.ts";
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
    classes: { ...taken.totals.classes },
    drift: taken.rows
      .filter(({ drift }) => isDrift(drift))
      .map(({ image, tag, drift, reasons }) => ({
        image: tag === undefined ? image : `${image}:${tag}`,
        drift,
        why: reasons.join("; "),
      })),
  };
  return { facts: asFacts(facts) };
};

/** Foreign images were never asked for; a silent engine says it by itself. */
function silentOf({ rows, uncertain, engines }: Inventory): readonly string[] {
  if (!uncertain || engines.some(({ why }) => why !== undefined)) return [];
  const silent = rows.filter(({ registry, drift }) => registry.state === "unknown" && drift !== "foreign");
  const names = [...new Set(silent.map(({ repository }) => repository))];
  // A worse class may cover the word in the rows; that something was not asked stays true.
  return names.length === 0 ? ["a repository"] : names;
}
