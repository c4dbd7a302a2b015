import type { Finding } from "../core/base/finding.ts";
import { hasErrors } from "../core/base/finding.ts";
import type { Tier } from "../core/blueprint/blueprint.ts";
import { nodeOf, withAncestors, withDependents } from "../core/graph/image-graph.ts";
import type { Subject } from "../core/plan/trace.ts";
import type { Registry } from "../edge/registry/port.ts";
import type { GitFacts } from "../edge/tree/port.ts";
import { FlowError, findingsError } from "./error.ts";
import { withIgnoredInputs } from "./ignored-inputs.ts";
import { type Fleet, loadSoundFleet } from "./load-fleet.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { requireLock } from "./root-ref.ts";
import type { FleetState, World } from "./world.ts";

/** Which images a command is about; all where `images` is empty. */
export interface Selection {
  readonly images: readonly string[];
  /** Only these, not what they need; their parents must stand already. */
  readonly only: boolean;
  readonly dependents: boolean;
  /** Only images of this tier (and what they need). */
  readonly tier?: Tier | undefined;
}

export const EVERYTHING: Selection = { images: [], only: false, dependents: false };

/** All that this machine knows of a fleet before any registry is asked. */
export interface SurveyedFleet {
  readonly fleet: Fleet;
  readonly host: string;
  readonly registry: Registry;
  readonly state: FleetState;
  /** Dirty is also what a build copies although git ignores it. */
  readonly git: GitFacts;
  /** Images were asked for by name, not the fleet or a tier of it. */
  readonly isNamed: boolean;
  /** What was selected, without what it needs. */
  readonly names: readonly string[];
  /** What was selected and all that it needs. */
  readonly subjects: readonly Subject[];
  readonly prepared: Prepared;
  readonly findings: readonly Finding[];
}

/** Reads blueprint, lock, Dockerfiles, files and git. Throws where a finding is an error. */
export async function surveyFleet(world: World, selection: Selection): Promise<SurveyedFleet> {
  const fleet = await loadSoundFleet(world);
  requireLock(fleet);
  const host = requireHost(fleet);
  const names = select(fleet, selection);
  const [state, seen, prepared] = await Promise.all([
    stateOf(world, fleet),
    fleet.tree.git(["."]),
    prepare(fleet, world.kill),
  ]);
  const findings = [...fleet.findings, ...prepared.findings];
  if (hasErrors(findings)) throw findingsError(findings);
  await fleet.tree.saveHashes();
  const { insecure, mirrors } = fleet.blueprint.build;
  // Identities of parents are needed even where only a child is asked for.
  const needed = new Set(withAncestors(fleet.graph, names));
  const subjects = prepared.subjects.filter(({ node }) => needed.has(node.name));
  return {
    fleet,
    host,
    registry: world.registry({ insecure, mirrors }),
    state,
    git: withIgnoredInputs(seen, prepared.paths),
    isNamed: selection.images.length > 0,
    names,
    subjects,
    prepared,
    findings,
  };
}

/**
 * Ledger and journal of the fleet. They go by the place as the blueprint names it: the `local` registry may have another
 * port tomorrow, and the history would be lost with it.
 */
export function stateOf(world: World, { blueprint, place }: Fleet): Promise<FleetState> {
  return world.fleetState(blueprint.fleet, `${blueprint.registry.host}/${place.namespace ?? ""}`);
}

export function requireHost(fleet: Fleet): string {
  if (fleet.place.host !== undefined) return fleet.place.host;
  throw new FlowError("NO_ENGINE", "the blueprint's registry is `local`, but no engine was set up here", {
    hint: "run `scripts/engine up`, or name a registry in the blueprint",
  });
}

function select(fleet: Fleet, selection: Selection): readonly string[] {
  if (selection.images.length === 0) {
    const nodes = [...fleet.graph.nodes.values()];
    return nodes
      .filter(({ declared }) => selection.tier === undefined || declared.tier === selection.tier)
      .map(({ name }) => name);
  }
  const names = selection.images.map((name) => nodeOf(fleet.graph, name).name);
  return selection.dependents ? withDependents(fleet.graph, names) : names;
}
