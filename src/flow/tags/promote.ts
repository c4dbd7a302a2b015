import type { Digest } from "../../core/base/digest.ts";
import { type ExitCode, messageOf } from "../../core/base/error.ts";
import { suggest } from "../../core/base/suggest.ts";
import type { Blueprint } from "../../core/blueprint/blueprint.ts";
import { previousTag } from "../../core/blueprint/tag-form.ts";
import { channelFindings } from "../../core/policy/channel-findings.ts";
import { isKind } from "../../core/record/entry.ts";
import type { PromotedImage, PromotionBody } from "../../core/record/kinds.ts";
import { FlowError, findingsError } from "../error.ts";
import { type HoldOptions, holdLock } from "../hold-lock.ts";
import { checkTags } from "../tags.ts";
import type { FleetState, World } from "../world.ts";
import { findRelease, type KnownRelease } from "./known-releases.ts";
import { type OpenFleet, openFleet } from "./open-fleet.ts";
import { tellPrevious } from "./previous-tags.ts";
import { type Placement, putAllTags, putTags } from "./put-tags.ts";

export interface PromoteFlags extends HoldOptions {
  /** The tag of a release, or `last`. */
  readonly release: string;
  readonly channel: string;
  /** Also a release that is partial: the channel then keeps other images where they are. */
  readonly partial: boolean;
}

/** An image of the promoted release: whether the channel stood on it already, was moved, or could not be. */
export interface PromotedRow extends PromotedImage {
  readonly state: "stood" | "moved" | "failed";
  readonly why?: string;
}

export interface PromoteReport {
  readonly state: "unchanged" | "promoted" | "partly";
  readonly channel: string;
  readonly release: string;
  readonly images: readonly PromotedRow[];
  /** Images that the channel held and this release does not: their channel tag stays where it is. */
  readonly left: readonly string[];
  readonly exit: ExitCode;
}

/**
 * Moves a channel's tags to a release, of all its images together. Everything that could keep one from moving is looked
 * at before the first is touched: the release's own tags, its contents. What stood before is in the ledger by then, and
 * under `CHANNEL-prev`. Where some fail in the middle the report says which (exit 4), and the same call goes on.
 */
export async function promote(world: World, flags: PromoteFlags): Promise<PromoteReport> {
  const open = await openFleet(world);
  requireChannel(open.fleet.blueprint, flags.channel);
  return holdLock(world, open.state, flags, () => promoteHeld(world, open, flags));
}

function requireChannel(blueprint: Blueprint, channel: string): void {
  const { channels } = blueprint;
  const guarded = channelFindings(blueprint);
  if (guarded.length > 0) throw findingsError(guarded);
  if (channels.includes(channel)) return;
  const near = suggest(channel, channels);
  const declared = channels.length === 0 ? "it declares none" : `it declares ${channels.join(", ")}`;
  throw new FlowError("CHANNEL_UNKNOWN", `"${channel}" is no channel of the blueprint: ${declared}`, {
    hint:
      near === undefined
        ? "only declared channels are ever moved: add it under `channels`"
        : `did you mean ${near}?`,
  });
}

async function promoteHeld(world: World, open: OpenFleet, flags: PromoteFlags): Promise<PromoteReport> {
  const { channel } = flags;
  const release = await findRelease(open, flags.release);
  refusePartial(release, flags);
  // A release whose own tags were moved is no longer what was released.
  await checkTags(open, { tag: release.tag, images: release.images, signal: world.kill });
  const last = await lastPromotion(open.state, channel);
  const found = await standing(world, open, release, channel);
  const images = release.images.map(
    ({ name, repository, digest }): PromotedImage => ({
      name,
      repository,
      digest,
      before: beforeOf(repository, found.get(repository), last),
    }),
  );
  const moving = images.filter(({ repository, digest }) => found.get(repository) !== digest);
  const released = new Set(images.map(({ name }) => name));
  const base = {
    channel,
    release: release.tag,
    left: (last?.images ?? []).map(({ name }) => name).filter((name) => !released.has(name)),
  };
  const stood = images.map((image): PromotedRow => ({ ...image, state: "stood" }));
  if (moving.length === 0 && last?.state === "done" && last.release === release.tag)
    return { ...base, state: "unchanged", images: stood, exit: 0 };
  // Nothing was touched yet.
  world.drain.throwIfAborted();
  return move(world, open, { base, images, moving, last });
}

interface Move {
  readonly base: Pick<PromoteReport, "channel" | "release" | "left">;
  readonly images: readonly PromotedImage[];
  readonly moving: readonly PromotedImage[];
  readonly last: PromotionBody | undefined;
}

async function move(
  world: World,
  open: OpenFleet,
  { base, images, moving, last }: Move,
): Promise<PromoteReport> {
  const { channel, release } = base;
  const { ledger } = open.state;
  const isResumed = last?.state === "started" && last.release === release;
  if (moving.length > 0 && !isResumed) {
    await ledger.append("promotion", { channel, release, state: "started", images });
  }
  await keepPrevious(world, open, { channel, images });
  const placements = moving.map(
    ({ name, repository, digest }): Placement => ({
      image: name,
      repository,
      tag: channel,
      digest,
      isMutable: true,
    }),
  );
  const { placed, failed } = await putTags(world, open, placements);
  // All or none: none is as it was, and its error says why.
  if (placed.length === 0 && failed[0] !== undefined) throw failed[0].error;
  const why = new Map(failed.map(({ placement, error }) => [placement.repository, messageOf(error)]));
  const rows = images.map((image): PromotedRow => {
    if (!moving.includes(image)) return { ...image, state: "stood" };
    const reason = why.get(image.repository);
    return reason === undefined ? { ...image, state: "moved" } : { ...image, state: "failed", why: reason };
  });
  if (failed.length > 0) {
    return { ...base, state: "partly", images: rows, exit: world.kill.aborted ? 130 : 4 };
  }
  await ledger.append("promotion", { channel, release, state: "done", images });
  return { ...base, state: "promoted", images: rows, exit: 0 };
}

function refusePartial({ tag, partial, unavailable }: KnownRelease, flags: PromoteFlags): void {
  if (!partial || flags.partial) return;
  const names = unavailable.map(({ name }) => name).slice(0, 5);
  throw new FlowError(
    "RELEASE_PARTIAL",
    `${tag} is a partial release: it lacks ${names.join(", ")}${unavailable.length > 5 ? " and more" : ""}`,
    { hint: "with --partial the channel moves for what it holds, and keeps the rest where it is" },
  );
}

async function lastPromotion(state: FleetState, channel: string): Promise<PromotionBody | undefined> {
  const entries = (await state.ledger.read()).filter((entry) => isKind(entry, "promotion"));
  return entries.findLast(({ body }) => body.channel === channel)?.body;
}

async function standing(
  world: World,
  { registry, host }: OpenFleet,
  { images }: KnownRelease,
  tag: string,
): Promise<ReadonlyMap<string, Digest | undefined>> {
  const found = images.map(async ({ repository }) => {
    const descriptor = await registry.resolve({ host, repository, tag }, { signal: world.kill });
    return [repository, descriptor?.digest] as const;
  });
  return new Map(await Promise.all(found));
}

/**
 * What the channel held before: what stands there, but after a promotion that was interrupted what that one found, since
 * a mixture of two releases is nothing to go back to. Where somebody moved the tag since, that is what was there.
 */
function beforeOf(
  repository: string,
  found: Digest | undefined,
  last: PromotionBody | undefined,
): Digest | null {
  const stands = found ?? null;
  if (last?.state !== "started") return stands;
  const interrupted = last.images.find((image) => image.repository === repository);
  return interrupted?.digest === stands ? interrupted.before : stands;
}

/** `CHANNEL-prev` on what the channel held. What is gone from the registry cannot be kept; that is said. */
async function keepPrevious(
  world: World,
  { registry, host }: OpenFleet,
  { channel, images }: Pick<PromotionBody, "channel" | "images">,
): Promise<void> {
  const tag = previousTag(channel);
  const options = { signal: world.kill };
  const wanted = images.flatMap(({ name, repository, digest, before }): Placement[] =>
    before === null || before === digest
      ? []
      : [{ image: name, repository, tag, digest: before, isMutable: true, isPrevious: true }],
  );
  const looked = await Promise.all(
    wanted.map(async (placement) => {
      const { repository, digest } = placement;
      const [stands, content] = await Promise.all([
        registry.resolve({ host, repository, tag }, options),
        registry.resolve({ host, repository, digest }, options),
      ]);
      return { placement, stands: stands?.digest === digest, gone: content === undefined };
    }),
  );
  for (const { placement, gone } of looked) {
    if (!gone) continue;
    const message = `${placement.image} has no ${tag}: ${placement.digest} is gone from the registry`;
    world.onEvent({ type: "note", level: "warning", message });
  }
  const missing = looked.filter(({ stands, gone }) => !stands && !gone);
  await putAllTags(
    world,
    { registry, host },
    missing.map(({ placement }) => placement),
  );
  tellPrevious(world, tag, missing.length);
}
