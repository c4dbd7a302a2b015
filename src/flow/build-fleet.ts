import type { RunImage } from "../core/base/build-event.ts";
import type { Digest } from "../core/base/digest.ts";
import type { ExitCode } from "../core/base/error.ts";
import type { ImageOutcome } from "../core/plan/outcome.ts";
import type { PlannedImage } from "../core/plan/plan.ts";
import type { Subject } from "../core/plan/trace.ts";
import { type BuildRun, buildImage, type ImageResult } from "./build-image.ts";
import { checkFrontends } from "./check-frontends.ts";
import { checkIndex } from "./check-index.ts";
import { FlowError } from "./error.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import { type NodeOutcome, runSchedule } from "./schedule.ts";
import type { World } from "./world.ts";

export interface BuildFlags {
  /** Builds at a time; undefined: the blueprint's, else the number of cores. */
  readonly jobs: number | undefined;
  readonly failFast: boolean;
  readonly noCache: boolean;
}

export interface BuildReport {
  readonly outcomes: ReadonlyMap<string, ImageOutcome>;
  readonly exit: ExitCode;
}

/** Executes a plan: what is missing is built and pushed under its content name; what stands is left alone. */
export async function buildFleet(
  world: World,
  planned: PlannedFleet,
  flags: BuildFlags,
): Promise<BuildReport> {
  const { plan } = planned;
  const outcomes = new Map<string, ImageOutcome>();
  const open = plan.images.filter((image) => image.action === "build" || image.action === "wait");
  for (const image of plan.images) settle(world, planned, { image, outcomes });
  if (open.length > 0) {
    const names = new Set(open.map(({ name }) => name));
    requireParents(planned, names);
    await checkFrontends(world, planned, names);
    await checkIndex(world, planned, names);
    // A run that has nothing to build does not load it.
    const { requirePlannedSpace } = await import("./doctor/require-planned-space.ts");
    await requirePlannedSpace(world, planned);
    const started = world.clock();
    world.onEvent({ type: "run-started", images: open.map((image) => runImage(image, planned)) });
    const done = await runOpen(world, planned, { open, flags });
    for (const [name, outcome] of done) outcomes.set(name, outcome);
    await planned.state.journal.save();
    world.onEvent({ type: "run-finished", ms: world.clock() - started });
  } else {
    rememberReused(planned);
    await planned.state.journal.save();
  }
  const ordered = new Map(
    plan.images.flatMap(({ name }) => {
      const outcome = outcomes.get(name);
      return outcome === undefined ? [] : [[name, outcome] as const];
    }),
  );
  return { outcomes: ordered, exit: exitOf(world, [...ordered.values()]) };
}

function settle(
  world: World,
  planned: PlannedFleet,
  { image, outcomes }: { image: PlannedImage; outcomes: Map<string, ImageOutcome> },
): void {
  const trace = planned.traces.get(image.name);
  if (trace?.state === "present")
    outcomes.set(image.name, { state: "reused", digest: trace.digest, identified: trace, ms: 0 });
  if (image.action !== "unavailable") return;
  const why = image.unavailable ?? "its root cannot be had here";
  outcomes.set(image.name, { state: "unavailable", why });
  world.onEvent({ type: "image-unavailable", image: image.name, why });
}

/** What the registry confirmed, so that the next run can guess all levels in one round. */
function rememberReused({ subjects, traces, state }: PlannedFleet): void {
  for (const { node, repository } of subjects) {
    const trace = traces.get(node.name);
    if (trace?.state !== "present") continue;
    const known = state.journal.get(repository, trace.id);
    if (known?.digest === trace.digest) continue;
    const durationMs = known?.durationMs ?? state.journal.lastDuration(repository) ?? 0;
    state.journal.set(repository, trace.id, { digest: trace.digest, durationMs });
  }
}

/** With `--only`, parents outside the plan must stand in the registry already. */
function requireParents(planned: PlannedFleet, open: ReadonlySet<string>): void {
  for (const name of open) {
    for (const parent of planned.fleet.graph.parents.get(name) ?? []) {
      if (open.has(parent) || planned.traces.get(parent)?.state === "present") continue;
      throw new FlowError(
        "PARENT_MISSING",
        `${name} needs ${parent}, which is not built, and --only leaves it out`,
        {
          hint: `\`lapstrake build ${name}\` builds what it needs as well`,
        },
      );
    }
  }
}

async function runOpen(
  world: World,
  planned: PlannedFleet,
  { open, flags }: { open: readonly PlannedImage[]; flags: BuildFlags },
): Promise<ReadonlyMap<string, ImageOutcome>> {
  const run = await startRun(world, planned, flags);
  const subjects = new Map(planned.subjects.map((subject) => [subject.node.name, subject]));
  const images = new Map(open.map((image) => [image.name, image]));
  const results = await runSchedule<ImageOutcome>({
    parents: new Map(open.map(({ name, parents }) => [name, parents])),
    weight: (name) => images.get(name)?.weight ?? 1,
    limit: flags.jobs ?? planned.fleet.blueprint.build.parallelism ?? world.cores,
    failFast: flags.failFast,
    drain: world.drain,
    run: async (name) => {
      const subject = subjects.get(name);
      if (subject === undefined) throw new Error(`the plan names ${name}, which was not read`);
      world.onEvent({ type: "image-started", image: name });
      const outcome = await recordResult(run, subject, await buildImage(run, subject));
      return { ok: outcome.state === "built" || outcome.state === "reused", result: outcome };
    },
    onBlocked: (image, by) => world.onEvent({ type: "image-blocked", image, by }),
  });
  return new Map([...results].map(([name, outcome]) => [name, outcomeOf(world, name, outcome)]));
}

async function startRun(world: World, planned: PlannedFleet, flags: BuildFlags): Promise<BuildRun> {
  const engine = planned.fleet.engine ?? world.engine();
  if (engine === undefined) {
    throw new FlowError("NO_ENGINE", "there is something to build, but no engine was set up", {
      hint: "run `scripts/engine up`",
    });
  }
  const digests = new Map<string, Digest>();
  for (const [name, trace] of planned.traces) if (trace.state === "present") digests.set(name, trace.digest);
  const { fleet, host, registry, state, git } = planned;
  return {
    world,
    fleet,
    host,
    registry,
    builder: await world.builder(engine),
    engine: engine.kind,
    state,
    sourceUrl: git.kind === "git" ? git.remoteUrl : undefined,
    commits: new Map(
      planned.plan.images.flatMap(({ name, commit }) => (commit === undefined ? [] : [[name, commit]])),
    ),
    digests,
    noCache: flags.noCache,
  };
}

/** Journal and ledger are written as soon as an image stands, so that a kill loses nothing that is done. */
async function recordResult(run: BuildRun, subject: Subject, result: ImageResult): Promise<ImageOutcome> {
  const { name } = subject.node;
  const { onEvent } = run.world;
  switch (result.state) {
    case "reused":
      run.digests.set(name, result.digest);
      onEvent({ type: "image-reused", image: name, digest: result.digest });
      return { ...result, ms: 0 };
    case "built":
      run.digests.set(name, result.digest);
      await recordBuild(run, subject, result);
      onEvent({
        type: "image-built",
        image: name,
        digest: result.digest,
        ms: result.ms,
        bytes: result.bytes,
      });
      return { state: "built", digest: result.digest, identified: result.identified, ms: result.ms };
    case "failed":
      onEvent({ type: "image-failed", image: name, ms: result.ms, failure: result.failure });
      return { state: "failed", failure: result.failure };
    case "cancelled":
      onEvent({ type: "image-cancelled", image: name });
      return { state: "cancelled" };
  }
}

async function recordBuild(
  run: BuildRun,
  subject: Subject,
  result: ImageResult & { state: "built" },
): Promise<void> {
  const { name, parents } = subject.node;
  const { digest, identified, ms } = result;
  run.state.journal.set(subject.repository, identified.id, { digest, durationMs: Math.round(ms) });
  const commit = run.commits.get(name);
  await run.state.ledger.append("build", {
    image: name,
    identity: identified.id,
    digest,
    parentDigests: Object.fromEntries(
      parents.flatMap((edge) => {
        const parent = identified.document.parents[edge.key];
        return parent === undefined ? [] : [[edge.name, parent]];
      }),
    ),
    durationMs: Math.round(ms),
    bytes: result.bytes,
    epoch: result.epoch,
    revision: commit?.sha ?? null,
    engine: run.engine,
  });
}

function outcomeOf(world: World, name: string, outcome: NodeOutcome<ImageOutcome>): ImageOutcome {
  switch (outcome.state) {
    case "done":
    case "failed":
      return outcome.result;
    case "blocked":
      return { state: "blocked", by: outcome.by };
    case "cancelled":
      world.onEvent({ type: "image-cancelled", image: name });
      return { state: "cancelled" };
  }
}

function runImage(image: PlannedImage, planned: PlannedFleet): RunImage {
  const base = planned.fleet.graph.nodes.get(image.name)?.base;
  return { name: image.name, parent: base?.kind === "image" ? base.name : undefined, level: image.level };
}

/** Failures of the machine, as opposed to failures of what is built. */
const ENVIRONMENT = new Set([
  "engine-lost",
  "killed",
  "not-started",
  "disk-full",
  "push-failed",
  "push-unproven",
  "unsupported",
  "PARENT_MISSING",
  "NO_SPACE",
]);

function exitOf(world: World, outcomes: readonly ImageOutcome[]): ExitCode {
  if (world.drain.aborted || outcomes.some(({ state }) => state === "cancelled")) return 130;
  // Nothing stands of what was asked for: no green for that.
  if (outcomes.length > 0 && outcomes.every(({ state }) => state === "unavailable")) return 3;
  const failures = outcomes.flatMap((outcome) =>
    outcome.state === "failed" ? [outcome.failure.reason] : [],
  );
  if (failures.length === 0) return 0;
  if (outcomes.some(({ state }) => state === "built" || state === "reused")) return 4;
  return failures.every((reason) => ENVIRONMENT.has(reason) || reason.startsWith("REGISTRY_")) ? 3 : 1;
}
