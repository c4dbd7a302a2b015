import type { CiSettings, RegistryPlace, Tier } from "../../core/blueprint/blueprint.ts";
import type { OsvPolicy } from "../../core/blueprint/gate-policy.ts";
import { positionOf } from "../../core/blueprint/positions.ts";
import { formatImageRef } from "../../core/oci/reference.ts";
import { dockerBuildPipeline } from "../../core/pipeline/docker-build.ts";
import type { PipelineInputs } from "../../core/pipeline/inputs.ts";
import type { Pipeline } from "../../core/pipeline/pipeline.ts";
import { securityPipeline } from "../../core/pipeline/security.ts";
import { cacheRefOf } from "../cache-options.ts";
import { FlowError } from "../error.ts";
import { type Fleet, loadSoundFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** A fleet and the pipelines that its files make. */
export interface OpenPipelines {
  readonly fleet: Fleet;
  readonly inputs: PipelineInputs;
  readonly pipelines: readonly [Pipeline, ...Pipeline[]];
}

/** Throws FlowError NO_CI where the blueprint has no `ci:`. `tier` takes the place of the blueprint's. */
export async function openPipelines(world: World, tier?: Tier): Promise<OpenPipelines> {
  const fleet = await loadSoundFleet(world);
  const { ci } = fleet.blueprint;
  if (ci === undefined) {
    throw new FlowError("NO_CI", `${fleet.blueprint.file} has no \`ci:\`, so there is no pipeline`, {
      hint: "docs/blueprint.md has its keys; `ci: { lapstrake: … }` is the least",
    });
  }
  return pipelinesOf(fleet, tier === undefined ? ci : { ...ci, tier });
}

/** The same of a fleet that is read already. */
export function pipelinesOf(fleet: Fleet, settings: CiSettings): OpenPipelines {
  const { blueprint, graph, lockFile, declared } = fleet;
  const registry = settings.registry ?? declared;
  const inputs: PipelineInputs = {
    fleet: blueprint.fleet,
    graph,
    settings,
    registry,
    gated: blueprint.gates !== undefined,
    attachesSboms: blueprint.build.sbom === "attach",
    fetchesAdvisories: fetchesAdvisories(blueprint.gates?.vulnerabilities.osv),
    lockFile,
    caches: cachesOf(fleet, registry),
  };
  return { fleet, inputs, pipelines: [dockerBuildPipeline(inputs), securityPipeline(inputs)] };
}

function fetchesAdvisories(osv: OsvPolicy | undefined): boolean {
  return osv !== undefined && osv.export === undefined && (osv.sources ?? []).length > 0;
}

function cachesOf(
  { blueprint, graph }: Fleet,
  { host, namespace }: RegistryPlace,
): ReadonlyMap<string, string> {
  const place = { host, namespace };
  return new Map(
    [...graph.nodes.values()].flatMap(({ name, declared }) =>
      declared.cache === "none"
        ? []
        : [[name, formatImageRef(cacheRefOf({ blueprint, place }, host, name))] as const],
    ),
  );
}

/** Jobs of a workflow run on different machines: a registry on one of them is none of theirs. */
export function requireSharedRegistry({ fleet, inputs }: OpenPipelines): void {
  if (inputs.registry.host !== "local") return;
  throw new FlowError("CI_REGISTRY", "the registry of the fleet is `local`, which is on one machine alone", {
    at: positionOf(fleet.blueprint, ["ci"]),
    hint: "say under `ci.registry` where CI pushes, such as ghcr.io/example",
  });
}
