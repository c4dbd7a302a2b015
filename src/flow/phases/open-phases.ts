import type { PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { type Gate, replayGates } from "../../core/phases/gates.ts";
import type { PhaseState, RuleState } from "../../core/phases/phase-state.ts";
import { phaseStates } from "../../core/phases/phase-states.ts";
import { machinesOf, newestEvidence, type RuleContext, ruleStates } from "../../core/phases/rule-state.ts";
import type { ReleaseFact, Today } from "../../core/phases/today.ts";
import { type Fleet, loadFleet } from "../load-fleet.ts";
import { stateOf } from "../survey-fleet.ts";
import type { FleetState, World } from "../world.ts";
import { type Collectors, provableBy } from "./collectors.ts";
import type { DocumentCheck } from "./document-check.ts";
import { loadPlan } from "./load-plan.ts";
import { readDocuments } from "./read-documents.ts";
import { currentRelease, type LedgerView, readKept, readLedgerView } from "./read-record.ts";
import { readToday } from "./today.ts";

/** A fleet with its plan. */
export interface PlannedPhases {
  readonly fleet: Fleet;
  readonly state: FleetState;
  readonly plan: PhasePlan;
}

/** What is known of a plan's phases now. */
export interface PhaseView extends PlannedPhases {
  readonly ledger: LedgerView;
  readonly today: Today;
  readonly gates: ReadonlyMap<string, Gate>;
  /** By phase. */
  readonly rules: ReadonlyMap<string, readonly RuleState[]>;
  readonly phases: readonly PhaseState[];
}

/** Reads blueprint and plan; findings about images are values. Throws FlowError NO_PLAN. */
export async function openPhases(world: World): Promise<PlannedPhases> {
  const fleet = await loadFleet(world);
  return { fleet, state: await stateOf(world, fleet), plan: await loadPlan(world, fleet) };
}

/** What judges documents, and what collects facts. */
export interface PhasePorts {
  readonly verify: DocumentCheck;
  readonly collectors: Collectors;
}

export interface ViewOptions extends PhasePorts {
  /** The newest, where somebody just asked the registry; otherwise the newest that the ledger knows. */
  readonly release?: ReleaseFact | undefined;
}

/** Reads the ledger, its evidence and the gate documents. Neither registry nor engine is asked. */
export async function viewPhases(
  world: World,
  opened: PlannedPhases,
  options: ViewOptions,
): Promise<PhaseView> {
  const { fleet, state, plan } = opened;
  const ledger = await readLedgerView(state);
  const gates = replayGates(plan, ledger.record);
  const release = options.release ?? (await currentRelease(ledger, state));
  const today = await readToday(world, { fleet, state, plan, release, ledger, gates });
  const context = { today, record: ledger.record, provable: provableBy(options.collectors) };
  const rules = await readRules(state, context);
  const documents = await readDocuments({
    fleet,
    plan,
    gates,
    rules,
    entry: ledger.entry,
    verify: options.verify,
  });
  const plans = await readPlans(state, gates);
  const phases = phaseStates({ plan, record: ledger.record, gates, rules, documents, plans });
  return { ...opened, ledger, today, gates, rules, phases };
}

async function readRules(
  state: FleetState,
  context: Omit<RuleContext, "raw">,
): Promise<ReadonlyMap<string, readonly RuleState[]>> {
  const { today } = context;
  const newest = today.plan.phases.flatMap((phase) =>
    phase.rules.flatMap((rule) =>
      machinesOf(rule, today).flatMap((machine) => newestEvidence({ phase, rule, machine }, context) ?? []),
    ),
  );
  const raw = new Map(
    await Promise.all(
      newest.map(async ({ body }) => [body.output, await readKept(state, body.output)] as const),
    ),
  );
  return new Map(today.plan.phases.map((phase) => [phase.id, ruleStates(phase, { ...context, raw })]));
}

/** The plans that gates were about. */
async function readPlans(
  state: FleetState,
  gates: ReadonlyMap<string, Gate>,
): Promise<ReadonlyMap<string, unknown>> {
  const digests = new Set([...gates.values()].map(({ entry }) => entry.body.planDigest));
  const plans = await Promise.all(
    [...digests].map(async (digest) => [digest, await readKept(state, digest)] as const),
  );
  return new Map(plans);
}
