import { DEFAULT_GATES, type GatePolicy } from "../../core/blueprint/gate-policy.ts";
import type { Waiver } from "../../core/blueprint/waiver.ts";
import { FlowError } from "../error.ts";
import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** What a run of the gates is held to. */
export interface ScanPolicy {
  readonly gates: GatePolicy;
  readonly waivers: readonly Waiver[];
  /** YYYY-MM-DD: the day of judgement. */
  readonly asOf: string;
  /** The blueprint names that day. */
  readonly pinned: boolean;
}

/** Throws BlueprintError WAIVERS_INVALID, and FlowError NO_WAIVERS where the file that the blueprint names is not there. */
export async function readPolicy(world: Pick<World, "clock">, fleet: Fleet): Promise<ScanPolicy> {
  const gates = fleet.blueprint.gates ?? DEFAULT_GATES;
  const asOf = gates.asOf ?? new Date(world.clock()).toISOString().slice(0, 10);
  return { gates, waivers: await readWaivers(fleet, gates), asOf, pinned: gates.asOf !== undefined };
}

async function readWaivers(
  { tree, graph }: Fleet,
  { waivers: file, waiverDays }: GatePolicy,
): Promise<readonly Waiver[]> {
  if (file === undefined) return [];
  const bytes = await tree.read(file);
  if (bytes === undefined)
    throw new FlowError(
      "NO_WAIVERS",
      `the blueprint names ${file} under gates.waivers, and there is no such file`,
      {
        hint: `write it with \`version: 1\` and \`waivers: []\``,
      },
    );
  // Only who has waivers pays for the parser.
  const { parseWaivers } = await import("../../core/blueprint/parse-waivers.ts");
  return parseWaivers(new TextDecoder().decode(bytes), file, {
    maxDays: waiverDays,
    images: [...graph.nodes.keys()],
  });
}
