import type { CiSettings } from "../../src/core/blueprint/blueprint.ts";
import type { PipelineInputs } from "../../src/core/pipeline/inputs.ts";
import type { MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { pipelinesOf } from "../../src/flow/ci/open-pipelines.ts";
import { loadFleet } from "../../src/flow/load-fleet.ts";
import { SAMPLE_BLUEPRINT, sampleFiles } from "../kit/sample-fleet.ts";
import { createTestMachine } from "../kit/world.ts";

/** The least that `ci:` needs. */
export const CI = "ci:\n  lapstrake: { kind: package }\n";

/** The sample fleet with `ci:`; further keys are lines below it. */
export function filesWithCi(
  keys: readonly string[] = [],
  blueprint = SAMPLE_BLUEPRINT,
): Record<string, MemoryFile> {
  const lines = keys.map((key) => `  ${key}\n`).join("");
  return { ...sampleFiles(), "lapstrake.yaml": `${blueprint}${CI}${lines}` };
}

/** What decides the pipelines of a fleet of these files. */
export async function inputsOf(
  files: Record<string, MemoryFile>,
  changed: Partial<Omit<PipelineInputs, "settings">> & { readonly settings?: Partial<CiSettings> } = {},
): Promise<PipelineInputs> {
  const machine = await createTestMachine({ files });
  const fleet = await loadFleet(machine.world());
  const { ci } = fleet.blueprint;
  if (ci === undefined) throw new Error("the fleet has no ci:");
  const { inputs } = pipelinesOf(fleet, { ...ci, ...changed.settings });
  return { ...inputs, ...changed, settings: inputs.settings };
}

/** A fleet of one base and many images on it, of both tiers, and a service on two machines. */
export function wideFiles(count: number): Record<string, MemoryFile> {
  const names = Array.from({ length: count }, (_, index) => `leaf-${String(index).padStart(4, "0")}`);
  const image = (name: string, tier: string) =>
    `  ${name}: { dockerfile: ${name}/Dockerfile, context: ${name}, tier: ${tier} }\n`;
  const blueprint = [
    "version: 1\nfleet: wide\nregistry: ghcr.io/example\nimages:\n",
    image("base", "cpu"),
    ...names.map((name, index) => image(name, index % 2 === 0 ? "cpu" : "gpu")),
    "services:\n  hub: { dockerfile: hub/Dockerfile, context: hub, machines: [mainpc, pc2], tier: cpu, cache: max }\n",
    "machines: { mainpc: { profile: { A: 1 } }, pc2: { profile: { A: 2 } } }\n",
  ].join("");
  return {
    "lapstrake.yaml": `${blueprint}${CI}`,
    "base/Dockerfile": "FROM scratch\n",
    "hub/Dockerfile": "FROM leaf-0000\n",
    ...Object.fromEntries(names.map((name) => [`${name}/Dockerfile`, "FROM base\n"])),
  };
}
