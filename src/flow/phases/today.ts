import { digestOf } from "../../core/base/digest.ts";
import { canonicalJson, type Json } from "../../core/base/json.ts";
import type { PhasePlan } from "../../core/blueprint/phase-plan.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import type { Gate } from "../../core/phases/gates.ts";
import { fileInputs } from "../../core/phases/inputs.ts";
import type { PhaseRecord } from "../../core/phases/phase-record.ts";
import type { DeclaredFact, ReleaseFact, Today } from "../../core/phases/today.ts";
import { unavailableImages } from "../inventory/unavailable-images.ts";
import type { Fleet } from "../load-fleet.ts";
import type { FleetState, World } from "../world.ts";
import { digestOfFile, readDigests } from "./read-files.ts";
import { type LedgerView, releaseNamed } from "./read-record.ts";

export interface TodayInputs {
  readonly fleet: Fleet;
  readonly state: FleetState;
  readonly plan: PhasePlan;
  readonly release: ReleaseFact | undefined;
  readonly ledger: LedgerView;
  readonly gates: ReadonlyMap<string, Gate>;
}

/** What evidence is compared with: read from this machine alone, no registry and no engine is asked. */
export async function readToday(world: Pick<World, "clock">, inputs: TodayInputs): Promise<Today> {
  const { fleet, plan, release } = inputs;
  const { blueprint, graph } = fleet;
  const { tag, channels, budgets, services } = blueprint;
  return {
    now: world.clock(),
    plan,
    release,
    images: declaredFacts(fleet),
    services: services.map(({ name, planned, machines }) => ({ name, planned, machines })),
    budgets,
    tags: { scheme: tag, channels },
    blueprint: (await digestOfFile(fleet, blueprint.file)) ?? digestOf(""),
    dockerfiles: digestOf(canonicalJson([...graph.nodes.values()].map(instructionsOf))),
    baselines: await readBaselines(inputs),
    files: await readDigests(fleet, filePaths(plan, inputs.ledger.record)),
  };
}

/** As the identity has it: comments and places are nothing that a build would notice. */
function instructionsOf({ name, dockerfile }: ImageNode): Json {
  return [name, dockerfile.stages.map(({ instructions }) => instructions.map(({ canonical }) => canonical))];
}

export function declaredFacts(fleet: Fleet): readonly DeclaredFact[] {
  const { graph, blueprint } = fleet;
  const unavailable = unavailableImages(fleet);
  return [...graph.nodes.values()].map(({ name, declared, dockerfile }) => {
    const service = blueprint.services.find((each) => each.name === declared.service);
    return {
      name,
      section: declared.kind === "image" ? "images" : "services",
      service: declared.service,
      tier: declared.tier,
      machines: declared.machine === undefined ? (service?.machines ?? []) : [declared.machine],
      parents: graph.parents.get(name) ?? [],
      unavailable: unavailable.get(name),
      stages: dockerfile.stages.length,
    };
  });
}

/** The release that a phase was closed on: that of the newest evidence which its gate stands on. */
async function readBaselines({
  gates,
  ledger,
  state,
}: TodayInputs): Promise<ReadonlyMap<string, ReleaseFact>> {
  const byHash = new Map(ledger.record.evidence.map((entry) => [entry.hash, entry]));
  const baselines = new Map<string, ReleaseFact>();
  for (const [phase, gate] of gates) {
    if (gate.state !== "closed" && gate.state !== "void") continue;
    const cited = gate.entry.body.evidence.flatMap((hash) => byHash.get(hash) ?? []);
    const newest = cited
      .filter(({ body }) => body.release !== null)
      .toSorted((a, b) => a.seq - b.seq)
      .at(-1);
    const tag = newest?.body.release;
    const release = typeof tag === "string" ? await releaseNamed(ledger, state, tag) : undefined;
    if (release !== undefined) baselines.set(phase, release);
  }
  return baselines;
}

/** Files that a rule names, or that evidence says it was made of. */
function filePaths(plan: PhasePlan, { evidence }: PhaseRecord): ReadonlySet<string> {
  const named = plan.phases.flatMap(({ rules }) =>
    rules.flatMap(({ check }) => ("path" in check ? [check.path] : [])),
  );
  const recorded = evidence
    .filter(({ body }) => body.plan === plan.id)
    .flatMap(({ body }) => fileInputs(body.inputs));
  return new Set([...named, ...recorded]);
}
