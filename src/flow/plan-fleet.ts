import type { Digest } from "../core/base/digest.ts";
import type { Finding } from "../core/base/finding.ts";
import type { IdentityDocument } from "../core/graph/identity.ts";
import { type CommitFact, type History, makePlan, type Plan } from "../core/plan/plan.ts";
import { type Subject, type Trace, traceFleet } from "../core/plan/trace.ts";
import { isKind } from "../core/record/entry.ts";
import type { Registry } from "../edge/registry/port.ts";
import type { GitFacts } from "../edge/tree/port.ts";
import type { Fleet } from "./load-fleet.ts";
import { observe } from "./observe.ts";
import { plannedRelease } from "./planned-release.ts";
import { EVERYTHING, type Selection, type SurveyedFleet, surveyFleet } from "./survey-fleet.ts";
import type { FleetState, World } from "./world.ts";

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
  scope: HistoryScope = { history: "open" },
): Promise<PlannedFleet> {
  return planSurveyed(world, await surveyFleet(world, selection), { ...scope, only: selection.only });
}

export interface HistoryScope {
  readonly history: "open" | "all";
}

/** The second half of `planFleet`: the questions to the registry, and the plan. */
export async function planSurveyed(
  world: World,
  surveyed: SurveyedFleet,
  { history, only }: HistoryScope & { readonly only: boolean },
): Promise<PlannedFleet> {
  const { fleet, host, registry, state, git, names, subjects, prepared, findings } = surveyed;
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
    registry: { host, namespace: fleet.place.namespace },
    subjects: only ? subjects.filter(({ node }) => names.includes(node.name)) : subjects,
    traces,
    history: await readHistory(history === "all" ? subjects : open, state),
    commits: await readCommits({ fleet, git, paths, signal: world.kill }),
    contextBytes: prepared.contextBytes,
    release: await plannedRelease(world, surveyed, traces),
  });
  return { fleet, host, registry, state, git, subjects, traces, plan, findings };
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
  const { identities, bytes: sizes } = await lastMade(state);
  const entries = subjects.map(async ({ node, repository }) => {
    const identity = identities.get(node.name);
    const bytes = identity === undefined ? undefined : await state.evidence.get(identity);
    // Evidence is verified by its digest, and only identity documents are stored under an identity.
    const document =
      bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as IdentityDocument);
    return [
      node.name,
      { document, durationMs: state.journal.lastDuration(repository), bytes: sizes.get(node.name) },
    ] as const;
  });
  return new Map(await Promise.all(entries));
}

interface LastMade {
  /** By image: of the last release, or else of the last build. */
  readonly identities: ReadonlyMap<string, Digest>;
  /** By image: of the last build. */
  readonly bytes: ReadonlyMap<string, number>;
}

async function lastMade(state: FleetState): Promise<LastMade> {
  const identities = new Map<string, Digest>();
  const bytes = new Map<string, number>();
  for (const entry of await state.ledger.read()) {
    if (!isKind(entry, "build")) continue;
    identities.set(entry.body.image, entry.body.identity);
    if (entry.body.bytes !== undefined) bytes.set(entry.body.image, entry.body.bytes);
  }
  const release = await state.ledger.last("release");
  for (const image of release?.body.images ?? []) identities.set(image.name, image.identity);
  return { identities, bytes };
}
