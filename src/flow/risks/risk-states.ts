import { suggest } from "../../core/base/suggest.ts";
import type { Risk } from "../../core/blueprint/phase-plan.ts";
import type { RiskWatch } from "../../core/blueprint/risk-watch.ts";
import { allowlistSighting } from "../../core/policy/risks/allowlist.ts";
import { cacheSighting } from "../../core/policy/risks/cache-quota.ts";
import { driverSighting } from "../../core/policy/risks/driver.ts";
import { expirySighting, standingOn } from "../../core/policy/risks/expiry.ts";
import { type RiskState, type Sighting, unknown } from "../../core/policy/risks/risk-state.ts";
import { FlowError } from "../error.ts";
import { type Fleet, loadSoundFleet } from "../load-fleet.ts";
import { loadPlan } from "../phases/load-plan.ts";
import type { World } from "../world.ts";
import { readCaches } from "./read-caches.ts";
import { readDriver } from "./read-driver.ts";

export interface RiskFlags {
  /** One risk; all where undefined. */
  readonly id: string | undefined;
  /** The machine of the blueprint that this one is. */
  readonly machine: string | undefined;
}

/** Looks at the risks of the register, each by its own detector. Nothing is changed. */
export async function riskStates(world: World, { id, machine }: RiskFlags): Promise<readonly RiskState[]> {
  const fleet = await loadSoundFleet(world);
  const { risks } = await loadPlan(world, fleet);
  const { machines } = fleet.blueprint;
  const names = machines.map(({ name }) => name);
  if (machine !== undefined && !names.includes(machine)) {
    throw unknownName(
      "MACHINE_UNKNOWN",
      `the blueprint has no machine "${machine}"`,
      suggest(machine, names),
    );
  }
  return Promise.all(
    chosen(risks, id).map(async (risk) => ({
      risk,
      ...(await look(world, fleet, { risk, machine })),
    })),
  );
}

function chosen(risks: readonly Risk[], id: string | undefined): readonly Risk[] {
  if (id === undefined) return risks;
  const found = risks.filter((risk) => risk.id === id);
  if (found.length > 0) return found;
  const near = suggest(
    id,
    risks.map((risk) => risk.id),
  );
  throw unknownName("RISK_UNKNOWN", `the register has no risk "${id}"`, near);
}

function unknownName(
  code: "RISK_UNKNOWN" | "MACHINE_UNKNOWN",
  message: string,
  near: string | undefined,
): FlowError {
  return new FlowError(code, message, near === undefined ? {} : { hint: `did you mean ${near}?` });
}

interface Asked {
  readonly risk: Risk;
  readonly machine: string | undefined;
}

async function look(world: World, fleet: Fleet, { risk, machine }: Asked): Promise<Sighting> {
  const { watch } = risk;
  if (watch === undefined) {
    return unknown(`the register does not say what to look at (watch); its detector is \`${risk.detector}\``);
  }
  const today = new Date(world.clock()).toISOString().slice(0, "YYYY-MM-DD".length);
  switch (watch.kind) {
    case "driver":
      return driverSighting(watch.floor, await readDrivers(world, fleet, { watch, machine }));
    case "expiry": {
      const { image, until } = watch;
      const standing = fleet.graph.nodes.has(image) ? standingOn(image, fleet) : undefined;
      return expirySighting({ image, until, today, standing });
    }
    case "cache-quota":
      return cacheSighting(watch.limit, await readCaches(world, fleet));
    case "allowlist":
      return allowlistSighting(watch.entries, today);
  }
}

function readDrivers(
  world: World,
  { blueprint }: Fleet,
  {
    watch,
    machine,
  }: { readonly watch: RiskWatch & { kind: "driver" }; readonly machine: string | undefined },
): Promise<readonly Awaited<ReturnType<typeof readDriver>>[]> {
  const asked = blueprint.machines.filter(({ name, gpu }) =>
    watch.machines.length === 0 ? gpu !== undefined : watch.machines.includes(name),
  );
  return Promise.all(asked.map((each) => readDriver(world, each, machine)));
}
