import type { BuildEvent, ImageFailure } from "../core/base/build-event.ts";
import type { EpochSeconds } from "../core/base/clock.ts";
import type { Digest } from "../core/base/digest.ts";
import { LapstrakeError } from "../core/base/error.ts";
import { canonicalJson, type Json } from "../core/base/json.ts";
import type { ParentEdge } from "../core/graph/image-graph.ts";
import type { ImageRef } from "../core/oci/reference.ts";
import type { CommitFact } from "../core/plan/plan.ts";
import { type Identified, identify, type Subject } from "../core/plan/trace.ts";
import type { Builder, BuildFailure, BuildResult } from "../edge/builder/port.ts";
import type { Registry } from "../edge/registry/port.ts";
import { buildRequest } from "./build-request.ts";
import { contentRef } from "./content-ref.ts";
import { FlowError } from "./error.ts";
import { type ImageFacts, prefixMismatch, readImageFacts } from "./image-facts.ts";
import { inputsMoved } from "./inputs-moved.ts";
import { type Fleet, PROFILE_CONTEXT, PROFILE_FILE } from "./load-fleet.ts";
import { resolveContent } from "./observe.ts";
import { profileText } from "./prepare.ts";
import { pinnedRoot, rootRef } from "./root-ref.ts";
import { stageContexts } from "./stage-contexts.ts";
import type { FleetState, World } from "./world.ts";

/** What the builds of one run share. */
export interface BuildRun {
  readonly world: World;
  readonly fleet: Fleet;
  readonly host: string;
  readonly registry: Registry;
  readonly builder: Builder;
  /** What the builder works on, for the ledger. */
  readonly engine: string;
  readonly state: FleetState;
  readonly sourceUrl: string | undefined;
  readonly commits: ReadonlyMap<string, CommitFact>;
  /** Digests of the images that this run knows to be in the registry, by name. */
  readonly digests: Map<string, Digest>;
  /** Run every step again; what the registry holds is still not built twice. */
  readonly noCache: boolean;
}

export type ImageResult =
  | { readonly state: "reused"; readonly digest: Digest; readonly identified: Identified }
  | {
      readonly state: "built";
      readonly digest: Digest;
      readonly identified: Identified;
      readonly ms: number;
      readonly bytes: number;
      readonly epoch: EpochSeconds;
    }
  | { readonly state: "failed"; readonly failure: ImageFailure; readonly ms: number }
  | { readonly state: "cancelled" };

/**
 * Makes one image, whose parents stand in the registry, unless the registry holds it already. Known errors are a failed
 * image; only a bug is thrown.
 */
export async function buildImage(run: BuildRun, subject: Subject): Promise<ImageResult> {
  const started = run.world.clock();
  try {
    return await tryBuild(run, subject);
  } catch (error) {
    if (run.world.kill.aborted) return { state: "cancelled" };
    if (!(error instanceof LapstrakeError)) throw error;
    return failed(error.code, error.message, run.world.clock() - started);
  }
}

async function tryBuild(run: BuildRun, subject: Subject): Promise<ImageResult> {
  const parents = parentRefs(run, subject);
  const identified = identify(
    subject,
    Object.fromEntries([...parents].map(([key, { digest }]) => [key, digest])),
  );
  // Asked anew even after planning: another machine may have made it in the meantime, and the first digest wins.
  const found = await resolveContent(
    { registry: run.registry, host: run.host, signal: run.world.kill },
    identified.contentName,
  );
  if (found !== null) return { state: "reused", digest: found, identified };
  await run.state.evidence.put(encode(identified.document));
  const first = await buildOnce(run, { subject, identified, parents, noCache: run.noCache });
  if (first.state !== "mismatch") return first.result;
  run.world.onEvent({
    type: "note",
    level: "warning",
    message: `${subject.node.name}: built again without the engine's cache, since ${first.why}`,
  });
  const second = await buildOnce(run, { subject, identified, parents, noCache: true });
  if (second.state !== "mismatch") return second.result;
  return failed("layers-differ", `its layers do not begin with its parent's: ${second.why}`, 0);
}

/**
 * The rule InvalidDefaultArgInFrom: `ARG BASE_IMAGE` without a default is how a Dockerfile leaves its parent to the
 * blueprint, which always gives it; BuildKit would warn of it for every such image.
 */
const SETTLED_BY_US = "https://docs.docker.com/go/dockerfile/rule/invalid-default-arg-in-from/";

type Attempt =
  | { readonly state: "ended"; readonly result: ImageResult }
  | { readonly state: "mismatch"; readonly why: string };

interface AttemptInputs {
  readonly subject: Subject;
  readonly identified: Identified;
  readonly parents: ReadonlyMap<string, ParentRef>;
  readonly noCache: boolean;
}

async function buildOnce(run: BuildRun, attempt: AttemptInputs): Promise<Attempt> {
  const { subject, identified } = attempt;
  const base = await baseOf(run, subject, attempt.parents);
  const commit = run.commits.get(subject.node.name);
  const epoch = Math.max(base?.epoch ?? 0, commit?.epoch ?? 0);
  const result = await buildStaged(run, { ...attempt, base, commit, epoch });
  if (!result.ok) return { state: "ended", result: failureOf(subject, result) };
  const { digest, durationMs: ms } = result;
  const moved = await inputsMoved({ fleet: run.fleet, subject, identified, signal: run.world.kill });
  if (moved !== undefined) {
    const message = `${moved} while it was built; run the same command again`;
    return { state: "ended", result: failed("inputs-moved", message, ms) };
  }
  const at = { host: run.host, repository: subject.repository };
  const made = await readImageFacts(run.registry, { ...at, digest }, run.world.kill);
  if (made === undefined) {
    const message = `pushed as ${digest}, but the registry does not know it`;
    return { state: "ended", result: failed("push-unproven", message, ms) };
  }
  const [platform] = run.fleet.blueprint.platforms;
  const why = base === undefined ? undefined : prefixMismatch(base.facts, made, platform);
  if (why !== undefined) return { state: "mismatch", why };
  const first = await giveName(run, identified, made);
  if (first !== digest) return { state: "ended", result: { state: "reused", digest: first, identified } };
  const built = { state: "built", digest, identified, ms, bytes: made.bytes, epoch } as const;
  return { state: "ended", result: built };
}

interface StagedInputs extends AttemptInputs {
  readonly base: Base | undefined;
  readonly commit: CommitFact | undefined;
  readonly epoch: EpochSeconds;
}

/** Builds from a copy of the inputs, which is gone again afterwards, however the build ends. */
async function buildStaged(run: BuildRun, inputs: StagedInputs): Promise<BuildResult> {
  const { subject, parents, epoch } = inputs;
  const staged = await stageContexts(run, subject, epoch);
  try {
    const request = buildRequest({
      ...inputs,
      fleet: run.fleet,
      host: run.host,
      parents: new Map([...parents].map(([key, { ref }]) => [key, ref])),
      staged: staged.folders,
      sourceUrl: run.sourceUrl,
      profileFolder: await profileFolder(run, subject),
      trustBundle: run.world.trustBundle(),
      env: run.world.env,
    });
    const onEvent = (event: BuildEvent): void => {
      if (event.type !== "warning" || event.url !== SETTLED_BY_US) run.world.onEvent(event);
    };
    return await run.builder.build(request, { signal: run.world.kill, onEvent });
  } finally {
    await staged.remove();
  }
}

/**
 * Puts the proven image under its content name: only now does it stand. Where another machine was first, its digest
 * stays and is returned. (An image that was pushed under this name at once would stand before it was checked, and a
 * run after a failed check, or after a kill, would take it for good.)
 */
async function giveName(run: BuildRun, identified: Identified, made: ImageFacts): Promise<Digest> {
  const { registry, host } = run;
  const signal = run.world.kill;
  const standing = await resolveContent({ registry, host, signal }, identified.contentName);
  if (standing !== null) return standing;
  const { bytes, descriptor } = made.manifest;
  const ref = contentRef(host, identified.contentName);
  await registry.putManifest(ref, bytes, descriptor.mediaType, { signal });
  return made.digest;
}

interface ParentRef {
  readonly ref: ImageRef;
  readonly digest: Digest;
}

/** Parents by the name that the Dockerfile uses; the scheduler has seen to it that all are there. */
function parentRefs(run: BuildRun, subject: Subject): ReadonlyMap<string, ParentRef> {
  return new Map(subject.node.parents.map((edge) => [edge.key, parentRef(run, edge)]));
}

function parentRef(run: BuildRun, edge: ParentEdge): ParentRef {
  if (edge.kind === "root") {
    const root = pinnedRoot(run.fleet, edge.name);
    if (root === undefined) throw new Error(`the root ${edge.name} was not checked before the build`);
    return { ref: rootRef(run.fleet, run.host, edge.name, root), digest: root.digest };
  }
  const digest = run.digests.get(edge.name);
  if (digest === undefined) throw new Error(`the parent ${edge.name} was not built before its child`);
  const { namespace } = run.fleet.place;
  const repository = namespace === undefined ? edge.name : `${namespace}/${edge.name}`;
  return { ref: { host: run.host, repository, digest }, digest };
}

interface Base extends ParentRef {
  readonly edge: ParentEdge;
  readonly facts: ImageFacts;
  readonly epoch: EpochSeconds;
}

async function baseOf(
  run: BuildRun,
  subject: Subject,
  parents: ReadonlyMap<string, ParentRef>,
): Promise<Base | undefined> {
  const edge = subject.node.base;
  const parent = edge === undefined ? undefined : parents.get(edge.key);
  if (edge === undefined || parent === undefined) return undefined;
  const facts = await readImageFacts(run.registry, parent.ref, run.world.kill);
  if (facts === undefined) {
    throw new FlowError(
      "PARENT_MISSING",
      `${edge.kind} ${edge.name} is not in the registry as ${parent.digest}`,
      {
        hint:
          edge.kind === "root" ? "run `lapstrake lock`" : "run the same command again: it is then built anew",
      },
    );
  }
  const locked = edge.kind === "root" ? pinnedRoot(run.fleet, edge.name)?.created : undefined;
  return { edge, ...parent, facts, epoch: facts.epoch ?? locked ?? 0 };
}

async function profileFolder(run: BuildRun, subject: Subject): Promise<string | undefined> {
  const uses = subject.node.dockerfile.sources.some(({ from }) => from === PROFILE_CONTEXT);
  const text = uses ? profileText(run.fleet, subject.node.declared) : undefined;
  return text === undefined ? undefined : run.state.folderOf({ [PROFILE_FILE]: text });
}

function failureOf({ node }: Subject, result: BuildFailure): ImageResult {
  if (result.reason === "cancelled") return { state: "cancelled" };
  const { reason, message, step, dockerfileLine, logTail } = result;
  return {
    state: "failed",
    ms: result.durationMs,
    failure: {
      reason,
      message,
      logTail,
      ...(step === undefined ? {} : { step }),
      // As every other place of the fleet: relative to the blueprint's folder.
      ...(dockerfileLine === undefined
        ? {}
        : { dockerfileLine: { ...dockerfileLine, file: node.declared.dockerfile } }),
    },
  };
}

function failed(reason: string, message: string, ms: number): ImageResult {
  return { state: "failed", failure: { reason, message, logTail: [] }, ms };
}

function encode(document: Identified["document"]): Uint8Array {
  // JSON by its members; it lacks the index signature only.
  return new TextEncoder().encode(canonicalJson(document as unknown as Json));
}
