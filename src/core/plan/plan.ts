import type { EpochSeconds } from "../base/clock.ts";
import type { Digest } from "../base/digest.ts";
import { contentTag, type IdentityDocument, identityDocument } from "../graph/identity.ts";
import { diffIdentity, type Reason } from "./reason.ts";
import type { Subject, Trace } from "./trace.ts";

/** What will be done with an image, and why. */
export interface PlannedImage {
  readonly name: string;
  readonly repository: string;
  readonly level: number;
  readonly weight: number;
  /**
   * `reuse`: the registry holds this identity. `build`: it does not. `wait`: open until its parents exist; it is
   * built unless the registry holds what it then is. `unavailable`: a root cannot be had here.
   */
  readonly action: "reuse" | "build" | "wait" | "unavailable";
  readonly identity: Digest | undefined;
  readonly digest: Digest | undefined;
  /** REPOSITORY:TAG that its build is pushed under; undefined where nothing is, or its parents are open. */
  readonly push: string | undefined;
  readonly reasons: readonly Reason[];
  readonly unavailable: string | undefined;
  /** Names of the fleet's images that it needs. */
  readonly parents: readonly string[];
  /** The last commit that touched its inputs; undefined where git does not know. Only of images that may be built. */
  readonly commit: CommitFact | undefined;
  /** Milliseconds that the last build took. */
  readonly estimateMs: number | undefined;
  /** Bytes of the context files that a build is sent. */
  readonly contextBytes: number;
  /** Compressed bytes of the image when it was last built. */
  readonly imageBytes: number | undefined;
}

export interface CommitFact {
  readonly sha: string;
  readonly epoch: EpochSeconds;
}

/** What `release` would do with the fleet's tags, were it run on this tree. */
export type PlannedRelease =
  /** All of these images get it together, once they stand and their gates passed; what they replace gets `previous`. */
  | {
      readonly state: "tag";
      readonly tag: string;
      readonly previous: string;
      readonly images: readonly string[];
    }
  /** The last release is what this tree makes. */
  | { readonly state: "unchanged"; readonly tag: string }
  | { readonly state: "refused"; readonly code: string; readonly why: string; readonly hint?: string };

/** A frozen value: `plan` prints it, `build` executes it. Images stand after their parents. */
export interface Plan {
  readonly version: 1;
  readonly fleet: string;
  readonly registry: { readonly host: string; readonly namespace: string | undefined };
  readonly images: readonly PlannedImage[];
  /** Undefined where the plan is about images by name: a release is of the fleet. */
  readonly release: PlannedRelease | undefined;
  readonly totals: PlanTotals;
}

export interface PlanTotals {
  readonly reuse: number;
  readonly build: number;
  readonly wait: number;
  readonly unavailable: number;
  /** Sum over the images that may be built, as far as recorded; undefined where nothing is. */
  readonly estimateMs: number | undefined;
  readonly contextBytes: number;
}

/** What is remembered of an image's earlier builds. */
export interface History {
  /** The document of the last release, or of the last build where it was never released. */
  readonly document: IdentityDocument | undefined;
  readonly durationMs: number | undefined;
  readonly bytes: number | undefined;
}

export interface PlanInputs {
  readonly fleet: string;
  readonly registry: Plan["registry"];
  readonly subjects: readonly Subject[];
  /** Of `traceFleet`, over these subjects. */
  readonly traces: ReadonlyMap<string, Trace>;
  readonly history: ReadonlyMap<string, History>;
  readonly commits: ReadonlyMap<string, CommitFact>;
  readonly contextBytes: ReadonlyMap<string, number>;
  readonly release: PlannedRelease | undefined;
}

/** Pure: the same inputs give the same plan, byte for byte in canonical JSON. */
export function makePlan(inputs: PlanInputs): Plan {
  const images = inputs.subjects.map((subject) => plannedImage(subject, inputs));
  const { fleet, registry, release } = inputs;
  return { version: 1, fleet, registry, images, release, totals: totalsOf(images) };
}

function plannedImage(subject: Subject, inputs: PlanInputs): PlannedImage {
  const { node, repository } = subject;
  const trace = inputs.traces.get(node.name);
  const history = inputs.history.get(node.name);
  const action = actionOf(trace);
  const identity = trace !== undefined && "id" in trace ? trace.id : undefined;
  return {
    name: node.name,
    repository,
    level: node.level,
    weight: node.declared.weight,
    action,
    identity,
    digest: trace?.state === "present" ? trace.digest : undefined,
    push: action === "build" && identity !== undefined ? `${repository}:${contentTag(identity)}` : undefined,
    reasons: reasonsFor(subject, trace, history?.document),
    unavailable: trace?.state === "unavailable" ? `${trace.root}: ${trace.why}` : undefined,
    parents: [...new Set(node.parents.filter((edge) => edge.kind === "image").map((edge) => edge.name))],
    commit: inputs.commits.get(node.name),
    estimateMs: history?.durationMs,
    contextBytes: inputs.contextBytes.get(node.name) ?? 0,
    imageBytes: history?.bytes,
  };
}

function actionOf(trace: Trace | undefined): PlannedImage["action"] {
  switch (trace?.state) {
    case "present":
      return "reuse";
    case "waiting":
      return "wait";
    case "unavailable":
      return "unavailable";
    // Not asked means not known to exist: never shown as good.
    case "absent":
    case "unasked":
    case undefined:
      return "build";
  }
}

function reasonsFor(
  subject: Subject,
  trace: Trace | undefined,
  before: IdentityDocument | undefined,
): readonly Reason[] {
  if (trace === undefined || trace.state === "unavailable") return [];
  // It stands; what is told is only how it differs from the last release, where that was asked for.
  if (trace.state === "present") return before === undefined ? [] : diffIdentity(before, trace.document);
  if (trace.state === "waiting") return pendingReasons(subject, trace.on, before);
  if (before === undefined) return [{ kind: "first" }];
  const reasons = diffIdentity(before, trace.document);
  return reasons.length === 0 ? [{ kind: "not-in-registry" }] : reasons;
}

/** The parents' digests are open, so only what is the image's own can be compared. */
function pendingReasons(
  subject: Subject,
  on: readonly string[],
  before: IdentityDocument | undefined,
): readonly Reason[] {
  const pending = on.map((name) => ({ kind: "parent-pending", name }) as const);
  if (before === undefined) return [{ kind: "first" }, ...pending];
  return [...pending, ...ownDiff(subject, before)];
}

function ownDiff(subject: Subject, before: IdentityDocument): readonly Reason[] {
  const after = identityDocument({ ...subject.own, parents: before.parents });
  return diffIdentity(before, after);
}

function totalsOf(images: readonly PlannedImage[]): PlanTotals {
  const count = (action: PlannedImage["action"]): number =>
    images.filter((image) => image.action === action).length;
  const active = images.filter((image) => image.action === "build" || image.action === "wait");
  const known = active.flatMap((image) => (image.estimateMs === undefined ? [] : [image.estimateMs]));
  return {
    reuse: count("reuse"),
    build: count("build"),
    wait: count("wait"),
    unavailable: count("unavailable"),
    estimateMs: known.length === 0 ? undefined : known.reduce((sum, ms) => sum + ms, 0),
    contextBytes: active.reduce((sum, image) => sum + image.contextBytes, 0),
  };
}
