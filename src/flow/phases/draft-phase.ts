import { LapstrakeError } from "../../core/base/error.ts";
import { gateDocuments } from "../../core/phases/gate-documents.ts";
import type { World } from "../world.ts";
import { viewNewest } from "./collect.ts";
import { firstOpen, type PhaseAsk } from "./collect-phase.ts";
import { type DraftedDocument, documentFiles, draftDocuments } from "./draft-documents.ts";
import { findPhase, requirePlan } from "./find-phase.ts";
import {
  openPhases,
  type PhasePorts,
  type PhaseView,
  type PlannedPhases,
  viewPhases,
} from "./open-phases.ts";

export interface DraftReport {
  readonly plan: string;
  readonly phase: string;
  readonly documents: readonly DraftedDocument[];
}

/** Writes the documents of a phase's gate from what is proven of it now; what people wrote in them stays. */
export async function draftPhase(world: World, ask: PhaseAsk, ports: PhasePorts): Promise<DraftReport> {
  const opened = await openPhases(world);
  const { fleet, plan } = opened;
  requirePlan(plan, ask.plan);
  const { phases } = await viewOf(world, opened, ports);
  const phase = ask.phase === undefined ? firstOpen(plan, phases) : findPhase(plan, ask.phase);
  const documents = await draftDocuments(documentFiles(world, fleet.tree), {
    plan,
    documents: gateDocuments(plan, phase),
    states: phases,
  });
  return { plan: plan.id, phase: phase.id, documents };
}

/** On the newest release, as `done` will judge it; without the registry, on the newest that is known here. */
async function viewOf(world: World, opened: PlannedPhases, ports: PhasePorts): Promise<PhaseView> {
  try {
    return (await viewNewest(world, opened, ports)).view;
  } catch (error) {
    world.kill.throwIfAborted();
    // A ledger that is damaged is damaged with and without a registry.
    if (!(error instanceof LapstrakeError) || error.code === "LEDGER_BROKEN") throw error;
    const message = `${error.message}; drafting on the newest release that is known here`;
    world.onEvent({ type: "note", level: "warning", message });
    return viewPhases(world, opened, ports);
  }
}
