import { gateDocuments } from "../../core/phases/gate-documents.ts";
import type { World } from "../world.ts";
import type { PhaseAsk } from "./collect-phase.ts";
import { firstOpen } from "./collect-phase.ts";
import { type DraftedDocument, documentFiles, draftDocuments } from "./draft-documents.ts";
import { findPhase, requirePlan } from "./find-phase.ts";
import { openPhases, type PhasePorts, viewPhases } from "./open-phases.ts";

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
  const { phases } = await viewPhases(world, opened, ports);
  const phase = ask.phase === undefined ? firstOpen(plan, phases) : findPhase(plan, ask.phase);
  const documents = await draftDocuments(documentFiles(world, fleet.tree), {
    plan,
    documents: gateDocuments(plan, phase),
    states: phases,
  });
  return { plan: plan.id, phase: phase.id, documents };
}
