import { digestOf } from "../../core/base/digest.ts";
import type { Phase, PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { type GateDocument, gateDocuments } from "../../core/phases/gate-documents.ts";
import type { Gate } from "../../core/phases/gates.ts";
import type { DocumentState, RuleState } from "../../core/phases/phase-state.ts";
import { closedDocuments } from "../../core/phases/phase-states.ts";
import type { Fleet } from "../load-fleet.ts";
import type { DocumentCheck, DocumentQuestion } from "./document-check.ts";
import { readFileOf } from "./read-files.ts";

export interface DocumentInputs {
  readonly fleet: Fleet;
  readonly plan: PhasePlan;
  readonly gates: ReadonlyMap<string, Gate>;
  readonly rules: ReadonlyMap<string, readonly RuleState[]>;
  readonly entry: DocumentQuestion["entry"];
  readonly verify: DocumentCheck;
}

/**
 * The documents of every gate, by phase. Those of a closed phase are compared with what its gate accepted; the others are
 * verified.
 */
export async function readDocuments(
  inputs: DocumentInputs,
): Promise<ReadonlyMap<string, readonly DocumentState[]>> {
  const { plan, gates } = inputs;
  const sources = await readSources(inputs);
  const digests = new Map([...sources].map(([path, bytes]) => [path, digestOf(bytes)]));
  const states = new Map<string, readonly DocumentState[]>();
  for (const phase of plan.phases) {
    const gate = gates.get(phase.id);
    states.set(
      phase.id,
      gate?.state === "closed"
        ? closedDocuments(inputs, phase, gate, digests)
        : await verifiedDocuments(inputs, phase, sources),
    );
  }
  return states;
}

/** The documents of one gate, verified whatever its ledger says: to close it, or to close it again. */
export async function verifyDocuments(
  inputs: DocumentInputs,
  phase: Phase,
): Promise<readonly DocumentState[]> {
  return verifiedDocuments(inputs, phase, await readSources(inputs));
}

/** The gate documents of all phases that are there, by path. */
async function readSources({
  fleet,
  plan,
}: Pick<DocumentInputs, "fleet" | "plan">): Promise<ReadonlyMap<string, Uint8Array>> {
  const sources = new Map<string, Uint8Array>();
  for (const phase of plan.phases) {
    for (const { path } of gateDocuments(plan, phase)) {
      const bytes = await readFileOf(fleet, path);
      if (bytes !== undefined) sources.set(path, bytes);
    }
  }
  return sources;
}

function verifiedDocuments(
  inputs: DocumentInputs,
  phase: Phase,
  sources: ReadonlyMap<string, Uint8Array>,
): Promise<readonly DocumentState[]> {
  return Promise.all(
    gateDocuments(inputs.plan, phase).map((document) => verifiedDocument(inputs, document, sources)),
  );
}

async function verifiedDocument(
  { plan, rules, entry, verify }: DocumentInputs,
  { kind, path, phase }: GateDocument,
  sources: ReadonlyMap<string, Uint8Array>,
): Promise<DocumentState> {
  const source = sources.get(path);
  if (source === undefined) return { kind, path, digest: undefined, findings: [] };
  const others = [...sources].flatMap(([other, bytes]) =>
    other === path ? [] : [{ path: other, source: bytes }],
  );
  const state = { phase, rules: rules.get(phase.id) ?? [] };
  const findings = await verify(source, { subject: { plan, kind, state }, entry, others });
  return { kind, path, digest: digestOf(source), findings };
}
