import type { EpochSeconds } from "../base/clock.ts";
import { type Digest, isDigest } from "../base/digest.ts";
import { Fields, type JsonObject } from "./fields.ts";

/** An image was built and pushed under its identity. */
export interface BuildBody {
  readonly image: string;
  readonly identity: Digest;
  readonly digest: Digest;
  /** By the parent's name in the blueprint. */
  readonly parentDigests: Readonly<Record<string, Digest>>;
  readonly durationMs: number;
  /** Compressed, its parent's layers included; absent in entries of before. */
  readonly bytes?: number;
  readonly epoch: EpochSeconds;
  /** The last commit that touched its inputs; null outside git. */
  readonly revision: string | null;
  /** What built it: `private` is the engine that scripts/engine made, `host` the Docker that was there. */
  readonly engine: string;
}

export interface ReleasedImage {
  readonly name: string;
  readonly repository: string;
  readonly identity: Digest;
  readonly digest: Digest;
  /** "reused": it was in the registry under its identity before this release. */
  readonly kind: "built" | "reused";
}

/** An image of the blueprint that this release does not hold, and why. */
export interface UnavailableImage {
  readonly name: string;
  readonly why: string;
  /** `choice`: the release was asked for without it. Absent in records of before. */
  readonly cause?: "root" | "failure" | "choice";
}

export interface GateResult {
  readonly name: string;
  readonly outcome: "passed" | "waived" | "denied";
  readonly reason: string;
}

/** What stood in the place of a released image before, under which release; its `TAG-prev` stands on it. */
export interface PreviousImage {
  readonly name: string;
  readonly repository: string;
  readonly digest: Digest;
  /** The tag of the release that it is of. */
  readonly release: string;
}

/** The tags of the fleet were moved together. */
export interface ReleaseBody {
  readonly tag: string;
  /** Of HEAD; null outside git. */
  readonly sha: string | null;
  readonly dirty: boolean;
  /** True where images that could have been released are missing. */
  readonly partial: boolean;
  readonly images: readonly ReleasedImage[];
  readonly unavailable: readonly UnavailableImage[];
  readonly gates: readonly GateResult[];
  /** By image, what the newest earlier release that passed its gates held; absent in records of before, and where nothing did. */
  readonly previous?: readonly PreviousImage[];
  /** The manifest of the release record in the registry, where it was pushed. */
  readonly artifact: Digest | null;
}

/** An image whose channel tag is moved: to `digest`, from `before` (null: the channel had none of it). */
export interface PromotedImage {
  readonly name: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly before: Digest | null;
}

/**
 * A channel was moved to a release. "started" is written before the first tag is touched: a run that is interrupted
 * leaves tags of both releases, and only this entry still knows what stood there before. "done" closes it.
 */
export interface PromotionBody {
  readonly channel: string;
  /** The tag of the release. */
  readonly release: string;
  readonly state: "started" | "done";
  readonly images: readonly PromotedImage[];
}

/** A manifest that a clean-up deletes: an image, a part of one, a record, a build cache. Its tags go with it. */
export interface PrunedManifest {
  readonly host: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly tags: readonly string[];
}

/**
 * A clean-up deleted what no kept release needs. "started" is written before the first deletion and says what goes; "done"
 * what went. A run that was interrupted has no "done": the next one goes on, and writes its own two entries.
 */
export interface PruneBody {
  readonly state: "started" | "done";
  /** The policy: so many releases stay, and whatever is younger. */
  readonly keep: number;
  readonly olderThanDays: number;
  /** Of the plan's canonical JSON, which is in the evidence: a reason for each thing that goes or stays. */
  readonly plan: Digest;
  /** Of the restore list's text. */
  readonly restore: Digest;
  readonly images: readonly PrunedManifest[];
  /** Names that go from engines. */
  readonly engines: readonly { readonly engine: string; readonly names: readonly string[] }[];
  /** `repository@digest` of what was to go and stays, since its host does not give it up. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

/** What a rule of the plan was found to be, and what that was made of. The raw facts are evidence under `output`. */
export interface EvidenceBody {
  readonly plan: string;
  readonly phase: string;
  readonly rule: string;
  readonly machine: string | null;
  /** Of the rule as it was written, with the note that it is under. */
  readonly ruleDigest: Digest;
  readonly outcome: "holds" | "fails" | "unknown";
  readonly reason: string;
  /** By name, all that decides the outcome: evidence is stale where one of these is another today. */
  readonly inputs: Readonly<Record<string, Digest>>;
  /** The raw facts, in the store of evidence. */
  readonly output: Digest;
  /** The release that it is about. */
  readonly release: string | null;
  /** Version of Lapstrake. */
  readonly tool: string;
  readonly argv: readonly string[];
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly expires: string | null;
}

/** A phase was closed, or opened again. */
export interface GateBody {
  readonly plan: string;
  readonly phase: string;
  readonly state: "done" | "reopened";
  /** Why it was opened again; null where it was closed. */
  readonly why: string | null;
  /** Of the plan as it was read. */
  readonly planDigest: Digest;
  readonly documents: readonly { readonly path: string; readonly digest: Digest }[];
  /** Hashes of the evidence entries that it stands on. */
  readonly evidence: readonly Digest[];
}

/** What the store of another tool says of the phases of a plan. It proves nothing, and nothing stands on it. */
export interface ClaimsBody {
  readonly plan: string;
  /** As it was named. */
  readonly file: string;
  /** The store's bytes, kept as they were. */
  readonly source: Digest;
  readonly claims: readonly { readonly phase: string; readonly done: boolean }[];
}

/** What an audit found of images, or a proof of what a patch makes of them. The whole of it is evidence under `report`. */
export interface AuditBody {
  readonly what: "audit" | "proof";
  readonly images: readonly { readonly name: string; readonly digest: Digest }[];
  /** That the images are of. */
  readonly release: string | null;
  readonly outcome: "holds" | "fails" | "unknown";
  readonly reason: string;
  readonly report: Digest;
  /** Version of Lapstrake. */
  readonly tool: string;
}

/** What the gates said of images. The whole of it is evidence under `report`. */
export interface ScanBody {
  /** That the images are of; null before it was made. */
  readonly release: string | null;
  /** YYYY-MM-DD: the day as of which it was judged. */
  readonly asOf: string;
  readonly images: readonly { readonly name: string; readonly digest: Digest }[];
  readonly outcome: "passed" | "waived" | "denied" | "unknown" | "error";
  readonly reason: string;
  /** What was known of vulnerabilities. */
  readonly databases: readonly { readonly source: string; readonly digest: Digest }[];
  readonly report: Digest;
  /** Version of Lapstrake. */
  readonly tool: string;
}

/** The bodies by kind. A later version adds kinds; it never changes what one means. */
export interface Bodies {
  readonly build: BuildBody;
  readonly release: ReleaseBody;
  readonly promotion: PromotionBody;
  readonly prune: PruneBody;
  readonly evidence: EvidenceBody;
  readonly gate: GateBody;
  readonly claims: ClaimsBody;
  readonly audit: AuditBody;
  readonly scan: ScanBody;
}

export type Kind = keyof Bodies;

const CHECKS: { readonly [K in Kind]: (body: Fields) => unknown } = {
  build: checkBuild,
  release: checkRelease,
  promotion: checkPromotion,
  prune: checkPrune,
  evidence: checkEvidence,
  gate: checkGate,
  claims: checkClaims,
  audit: checkAudit,
  scan: checkScan,
};

export const KINDS: readonly string[] = Object.keys(CHECKS);

export function isKnownKind(kind: string): kind is Kind {
  return Object.hasOwn(CHECKS, kind);
}

/**
 * Throws RecordError RECORD_SHAPE where the body of a known kind lacks a member or has a wrong one. More members than
 * we know are let through: they are under the hash as well.
 */
export function checkBody(kind: Kind, body: JsonObject): void {
  CHECKS[kind](new Fields(body, "body"));
}

function checkBuild(body: Fields): void {
  body.text("image");
  body.digest("identity");
  body.digest("digest");
  const parents = body.object("parentDigests");
  for (const name of parents.names) parents.digest(name);
  body.count("durationMs");
  if (body.get("bytes") !== undefined) body.count("bytes");
  body.count("epoch");
  body.textOrNull("revision");
  body.text("engine");
}

function checkRelease(body: Fields): void {
  checkReleaseContent(body);
  body.digestOrNull("artifact");
}

/** What the ledger's entry and the record in the registry have in common. */
export function checkReleaseContent(body: Fields): void {
  body.text("tag");
  body.textOrNull("sha");
  body.flag("dirty");
  body.flag("partial");
  for (const image of body.list("images")) {
    image.text("name");
    image.text("repository");
    image.digest("identity");
    image.digest("digest");
    image.oneOf("kind", ["built", "reused"]);
  }
  for (const image of body.list("unavailable")) {
    image.text("name");
    image.text("why");
    if (image.get("cause") !== undefined) image.oneOf("cause", ["root", "failure", "choice"]);
  }
  for (const gate of body.list("gates")) {
    gate.text("name");
    gate.oneOf("outcome", ["passed", "waived", "denied"]);
    gate.text("reason");
  }
  if (body.get("previous") === undefined) return;
  for (const image of body.list("previous")) {
    image.text("name");
    image.text("repository");
    image.digest("digest");
    image.text("release");
  }
}

function checkPromotion(body: Fields): void {
  body.text("channel");
  body.text("release");
  body.oneOf("state", ["started", "done"]);
  for (const image of body.list("images")) {
    image.text("name");
    image.text("repository");
    image.digest("digest");
    image.digestOrNull("before");
  }
}

function checkPrune(body: Fields): void {
  body.oneOf("state", ["started", "done"]);
  body.count("keep");
  body.count("olderThanDays");
  body.digest("plan");
  body.digest("restore");
  for (const image of body.list("images")) {
    image.text("host");
    image.text("repository");
    image.digest("digest");
    image.texts("tags");
  }
  for (const engine of body.list("engines")) {
    engine.text("engine");
    engine.texts("names");
  }
  for (const left of body.list("left")) {
    left.text("name");
    left.text("why");
  }
}

function checkEvidence(body: Fields): void {
  for (const name of ["plan", "phase", "rule", "reason", "tool"]) body.text(name);
  for (const name of ["machine", "release", "expires"]) body.textOrNull(name);
  body.digest("ruleDigest");
  body.oneOf("outcome", ["holds", "fails", "unknown"]);
  const inputs = body.object("inputs");
  for (const name of inputs.names) inputs.digest(name);
  body.digest("output");
  body.texts("argv");
  body.count("durationMs");
}

function checkGate(body: Fields): void {
  body.text("plan");
  body.text("phase");
  body.oneOf("state", ["done", "reopened"]);
  body.textOrNull("why");
  body.digest("planDigest");
  for (const document of body.list("documents")) {
    document.text("path");
    document.digest("digest");
  }
  for (const hash of body.texts("evidence")) if (!isDigest(hash)) body.digest("evidence");
}

function checkClaims(body: Fields): void {
  body.text("plan");
  body.text("file");
  body.digest("source");
  for (const claim of body.list("claims")) {
    claim.text("phase");
    claim.flag("done");
  }
}

function checkAudit(body: Fields): void {
  body.oneOf("what", ["audit", "proof"]);
  for (const image of body.list("images")) {
    image.text("name");
    image.digest("digest");
  }
  body.textOrNull("release");
  body.oneOf("outcome", ["holds", "fails", "unknown"]);
  body.text("reason");
  body.digest("report");
  body.text("tool");
}

function checkScan(body: Fields): void {
  body.textOrNull("release");
  body.text("asOf");
  for (const image of body.list("images")) {
    image.text("name");
    image.digest("digest");
  }
  body.oneOf("outcome", ["passed", "waived", "denied", "unknown", "error"]);
  body.text("reason");
  for (const database of body.list("databases")) {
    database.text("source");
    database.digest("digest");
  }
  body.digest("report");
  body.text("tool");
}
