import type { EpochSeconds } from "../base/clock.ts";
import type { Digest } from "../base/digest.ts";
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

/** The bodies by kind. A later version adds kinds; it never changes what one means. */
export interface Bodies {
  readonly build: BuildBody;
  readonly release: ReleaseBody;
  readonly promotion: PromotionBody;
}

export type Kind = keyof Bodies;

const CHECKS: { readonly [K in Kind]: (body: Fields) => unknown } = {
  build: checkBuild,
  release: checkRelease,
  promotion: checkPromotion,
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
