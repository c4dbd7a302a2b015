import type { PhasePlan } from "../../src/core/blueprint/phase-plan.ts";
import { gateDocuments } from "../../src/core/phases/gate-documents.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import { type CollectReport, collectPhase } from "../../src/flow/phases/collect-phase.ts";
import { COLLECTORS, type Collectors } from "../../src/flow/phases/collectors.ts";
import type { DocumentCheck } from "../../src/flow/phases/document-check.ts";
import { type DoneReport, finishPhase } from "../../src/flow/phases/finish-phase.ts";
import {
  openPhases,
  type PhasePorts,
  type PhaseView,
  viewPhases,
} from "../../src/flow/phases/open-phases.ts";
import { SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { createTestMachine, LOCAL_ENGINE, type MachineOptions, type TestMachine } from "../kit/world.ts";

/** Phases that the sample fleet can be driven through, and one that nobody can answer. */
export const PLAN = `id: sample_plan
title: Sample
machines: [first, second]
documents: { postreview: "docs/{plan}_{phase}_post.md", preanalysis: "docs/{plan}_{phase}_pre.md" }
phases:
  0:
    title: Protocol
    note: Do not skip phases.
    constraints: { order: Do not skip }
    rules:
      sound: { proves: [order], check: { kind: plan-sound } }
  1:
    title: Base
    note: Release all, correctly tagged.
    constraints: { all: Release all, tagged: correctly tagged }
    rules:
      complete: { proves: [all], check: { kind: release-complete, images: all } }
      tags: { proves: [tagged], check: { kind: tags-in-scheme } }
      locks: { proves: [all], check: { kind: locks-verified, images: [web] } }
      step: { proves: [tagged], perMachine: true, check: { kind: inventory-in-step } }
  2:
    title: Refine
    note: Touch nothing else.
    constraints: { only: Touch nothing else }
    rules:
      only: { proves: [only], check: { kind: identities-changed-only, images: [cpu], since: "1" } }
      procedure: { proves: [only], check: { kind: document-present, path: PROCEDURE.md } }
  3:
    title: Audit
    note: Audit it.
    constraints: { audit: Audit }
    rules:
      audit: { proves: [audit], check: { kind: driver, atLeast: "535" } }
`;

export const BLUEPRINT = `${SAMPLE_BLUEPRINT}machines:
  first: {}
  second: {}
plan: plan.yaml
`;

/** The sample fleet with a plan, and a local engine that holds nothing. */
export async function createPlannedMachine(options: MachineOptions = {}): Promise<TestMachine> {
  const machine = await createTestMachine(options);
  machine.files["lapstrake.yaml"] = BLUEPRINT;
  machine.files["plan.yaml"] = PLAN;
  machine.files["web/requirements.lock"] = "numpy==1\n";
  machine.engines.set(LOCAL_ENGINE, createMemoryEngine());
  return machine;
}

/** Accepts any document but one that says TEMPLATE, and keeps count of what it was asked. */
export const verify: DocumentCheck = async (source) =>
  new TextDecoder().decode(source).includes("TEMPLATE")
    ? [{ rule: "document-placeholder", line: 3, message: "found a place that nobody filled in" }]
    : [];

/** As the program has it, and a kind that another command will answer: here every lock is good. */
export const collectors: Collectors = {
  ...COLLECTORS,
  "locks-verified":
    async () =>
    async ({ today }) => ({
      facts: {
        release: today.release?.tag ?? null,
        asked: (today.release?.images ?? [])
          .filter(({ name }) => name === "web")
          .map(({ name, digest }) => ({ image: name, digest })),
        verdicts: [{ image: "web", rule: "lock-hashes", outcome: "holds", reason: "all right" }],
      },
      files: ["web/requirements.lock"],
    }),
};

export const PORTS: PhasePorts = { verify, collectors };

export async function view(machine: TestMachine, ports = PORTS): Promise<PhaseView> {
  const world = machine.world();
  return viewPhases(world, await openPhases(world), ports);
}

/** By phase: its verdict and why. */
export async function told(machine: TestMachine): Promise<Readonly<Record<string, string>>> {
  const { phases } = await view(machine);
  return Object.fromEntries(phases.map(({ phase, verdict, reason }) => [phase.id, `${verdict}: ${reason}`]));
}

export function collect(
  machine: TestMachine,
  phase: string,
  on?: string,
  ports = PORTS,
): Promise<CollectReport> {
  return collectPhase(
    machine.world(),
    { plan: undefined, phase, machine: on, wait: 0 },
    { ...ports, argv: ["lapstrake", "phase", "collect", phase] },
  );
}

export function done(machine: TestMachine, phase: string): Promise<DoneReport> {
  return finishPhase(
    machine.world(),
    { plan: undefined, phase, wait: 0 },
    { ...PORTS, argv: ["lapstrake", "phase", "done", phase] },
  );
}

/** Writes the documents of a phase's gate. */
export async function write(
  machine: TestMachine,
  phase: string,
  text = "what a person wrote",
): Promise<void> {
  for (const path of await documentPaths(machine, phase)) machine.files[path] = `${path}: ${text}\n`;
}

export async function documentPaths(machine: TestMachine, phase: string): Promise<readonly string[]> {
  const { plan } = await openPhases(machine.world());
  return gateDocuments(plan, phaseOf(plan, phase)).map(({ path }) => path);
}

function phaseOf(plan: PhasePlan, id: string) {
  return plan.phases.find((phase) => phase.id === id)!;
}

/** Collects, writes and closes a phase; throws where it is not done. */
export async function drive(machine: TestMachine, phase: string): Promise<void> {
  await collect(machine, phase);
  await write(machine, phase);
  const report = await done(machine, phase);
  if (report.outcome === "refused") throw new Error(JSON.stringify(report.missing, null, 2));
}
