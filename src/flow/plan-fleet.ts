import type { Digest } from "../core/base/digest.ts";
import type { Finding } from "../core/base/finding.ts";
import { hasErrors } from "../core/base/finding.ts";
import type { Tier } from "../core/blueprint/blueprint.ts";
import type { IdentityDocument } from "../core/graph/identity.ts";
import { nodeOf, withAncestors, withDependents } from "../core/graph/image-graph.ts";
import { type CommitFact, type History, makePlan, type Plan } from "../core/plan/plan.ts";
import { type Subject, type Trace, traceFleet } from "../core/plan/trace.ts";
import { isKind } from "../core/record/entry.ts";
import type { Registry } from "../edge/registry/port.ts";
import type { GitFacts } from "../edge/tree/port.ts";
import { FlowError, findingsError } from "./error.ts";
import { type Fleet, loadSoundFleet } from "./load-fleet.ts";
import { observe } from "./observe.ts";
import { prepare } from "./prepare.ts";
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

/** A plan and all that it was made of: what `build` goes on with. */
export interface PlannedFleet {
  readonly fleet: Fleet;
  readonly host: string;
  readonly registry: Registry;
  readonly state: FleetState;
  readonly git: GitFacts;
  readonly subjects: readonly Subject[];
  readonly traces: ReadonlyMap<string, Trace>;
  readonly plan: Plan;
  readonly findings: readonly Finding[];
}

/**
 * Reads the fleet, asks the registry, and plans. Needs no builder. Earlier identities are read for the images that may
 * be built; for all of them where that is what the command is about.
 */
export async function planFleet(
  world: World,
  selection: Selection = EVERYTHING,
  { history }: { readonly history: "open" | "all" } = { history: "open" },
): Promise<PlannedFleet> {
  const fleet = await loadSoundFleet(world);
  requireLock(fleet);
  const host = requireHost(fleet);
  const { namespace } = fleet.place;
  const names = select(fleet, selection);
  const [state, git, prepared] = await Promise.all([
    world.fleetState(fleet.blueprint.fleet, `${host}/${namespace ?? ""}`),
    fleet.tree.git(["."]),
    prepare(fleet, world.kill),
  ]);
  const findings = [...fleet.findings, ...prepared.findings];
  if (hasErrors(findings)) throw findingsError(findings);
  const registry = world.registry({
    insecure: fleet.blueprint.build.insecure,
    mirrors: fleet.blueprint.build.mirrors,
  });
  // Identities of parents are needed even where only a child is asked for.
  const needed = new Set(withAncestors(fleet.graph, names));
  const subjects = prepared.subjects.filter(({ node }) => needed.has(node.name));
  const observed = await observe({
    subjects,
    lock: fleet.lock,
    registry,
    host,
    journal: state.journal,
    signal: world.kill,
  });
  const traces = traceFleet(subjects, observed);
  const open = subjects.filter(({ node }) => isOpen(traces.get(node.name)));
  const paths = new Map(open.map(({ node }) => [node.name, prepared.paths.get(node.name) ?? []]));
  const plan = makePlan({
    fleet: fleet.blueprint.fleet,
    registry: { host, namespace },
    subjects: selection.only ? subjects.filter(({ node }) => names.includes(node.name)) : subjects,
    traces,
    history: await readHistory(history === "all" ? subjects : open, state),
    commits: await readCommits({ fleet, git, paths, signal: world.kill }),
    contextBytes: prepared.contextBytes,
  });
  await fleet.tree.saveHashes();
  return { fleet, host, registry, state, git, subjects, traces, plan, findings };
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

/** May be built: git and the ledger are asked only about these, so a no-op asks nothing. */
function isOpen(trace: Trace | undefined): boolean {
  return trace?.state !== "present" && trace?.state !== "unavailable";
}

async function readCommits(inputs: {
  readonly fleet: Fleet;
  readonly git: GitFacts;
  readonly paths: ReadonlyMap<string, readonly string[]>;
  readonly signal: AbortSignal;
}): Promise<ReadonlyMap<string, CommitFact>> {
  const { fleet, git, paths, signal } = inputs;
  if (git.kind === "none" || paths.size === 0) return new Map();
  const commits = await fleet.tree.lastCommits(paths, signal);
  const head: CommitFact = { sha: git.head, epoch: git.commitTime };
  // Inputs that were never committed have no commit of their own: HEAD's time is the nearest that does not drift.
  return new Map([...paths.keys()].map((name) => [name, commits.get(name) ?? head]));
}

async function readHistory(
  subjects: readonly Subject[],
  state: FleetState,
): Promise<ReadonlyMap<string, History>> {
  if (subjects.length === 0) return new Map();
  const last = await lastIdentities(state);
  const entries = subjects.map(async ({ node, repository }) => {
    const identity = last.get(node.name);
    const bytes = identity === undefined ? undefined : await state.evidence.get(identity);
    // Evidence is verified by its digest, and only identity documents are stored under an identity.
    const document =
      bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as IdentityDocument);
    return [
      node.name,
      { document, durationMs: state.journal.lastDuration(repository), bytes: undefined },
    ] as const;
  });
  return new Map(await Promise.all(entries));
}

/** By image: the identity in the last release, or else in the last build. */
async function lastIdentities(state: FleetState): Promise<ReadonlyMap<string, Digest>> {
  const identities = new Map<string, Digest>();
  for (const entry of await state.ledger.read()) {
    if (isKind(entry, "build")) identities.set(entry.body.image, entry.body.identity);
  }
  const release = await state.ledger.last("release");
  for (const image of release?.body.images ?? []) {
    identities.set(image.name, image.identity);
  }
  return identities;
}
