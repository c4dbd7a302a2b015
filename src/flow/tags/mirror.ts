import type { Digest } from "../../core/base/digest.ts";
import { type ExitCode, messageOf } from "../../core/base/error.ts";
import { formatImageRef } from "../../core/oci/reference.ts";
import { FlowError } from "../error.ts";
import { type HoldOptions, holdLock } from "../hold-lock.ts";
import type { World } from "../world.ts";
import { copyBlobs, type Route } from "./copy-blobs.ts";
import { findRelease, type KnownRelease } from "./known-releases.ts";
import { guardTags, type MirrorItem, RECORD, readItem, wantedItems } from "./mirror-items.ts";
import { type MirrorTarget, parseMirrorTarget } from "./mirror-target.ts";
import { type OpenFleet, openFleet } from "./open-fleet.ts";
import { planBlobs } from "./plan-blobs.ts";
import { putManifests } from "./put-manifests.ts";
import { type Place, type Placement, putTags } from "./put-tags.ts";

export interface MirrorFlags extends HoldOptions {
  /** The tag of a release, or `last`. */
  readonly release: string;
  /** HOST/NAMESPACE or oci:DIR. */
  readonly target: string;
}

export interface MirroredImage {
  readonly name: string;
  /** Where it is now, with its tag. */
  readonly ref: string;
  readonly digest: Digest;
  /** `waiting`: its content may be there, but its tag is not put before all the others can be. */
  readonly state: "present" | "copied" | "failed" | "waiting";
  readonly why?: string;
}

export interface MirrorReport {
  readonly state: "mirrored" | "unchanged" | "partly";
  readonly release: string;
  readonly target: string;
  readonly images: readonly MirroredImage[];
  /** Blobs whose bytes were sent; what was there or was mounted is not counted. */
  readonly blobsSent: number;
  readonly bytesSent: number;
  readonly exit: ExitCode;
}

/**
 * Copies a release to another place: what is missing there is sent once, or mounted; content first, tags when all of it
 * stands, the release's record last. Manifests are put byte by byte as they are and asked for again, so that every
 * digest there is the digest here. A tag of the target that stands on something else stops it before a byte is sent.
 */
export async function mirror(world: World, flags: MirrorFlags): Promise<MirrorReport> {
  const target = parseMirrorTarget(flags.target);
  const open = await openFleet(world);
  const release = await findRelease(open, flags.release);
  if (target.kind === "registry") return mirrorTo(world, open, { release, target, flags });
  // A layout folder takes one writer at a time.
  return holdLock(world, open.state, flags, () => mirrorTo(world, open, { release, target, flags }));
}

interface Job {
  readonly release: KnownRelease;
  readonly target: MirrorTarget;
  readonly flags: MirrorFlags;
}

async function mirrorTo(
  world: World,
  open: OpenFleet,
  { release, target, flags }: Job,
): Promise<MirrorReport> {
  const { namespace } = open.fleet.place;
  const to: Place =
    target.kind === "registry"
      ? { registry: open.registry, host: target.host }
      : { registry: await world.layout(target.folder), host: open.host };
  const place = target.kind === "registry" ? target.namespace : namespace;
  if (target.kind === "registry" && to.host === open.host && place === namespace) {
    throw new FlowError("MIRROR_TARGET", `${flags.target} is where the fleet's images are already`);
  }
  const route: Route = { from: open, to };
  const wanted = await wantedItems(world, route, { release, from: namespace, to: place });
  await guardTags(world, to, wanted);
  const isLayout = target.kind === "layout";
  const items = await Promise.all(wanted.map((each) => readItem(world, route, { wanted: each, isLayout })));
  world.onEvent({
    type: "run-started",
    images: items.map(({ name }) => ({ name, parent: undefined, level: 0 })),
  });
  const outcome = await copyItems(world, route, items);
  world.onEvent({ type: "run-finished", ms: 0 });
  return { release: release.tag, target: flags.target, ...outcome };
}

type Outcome = Omit<MirrorReport, "release" | "target">;

async function copyItems(world: World, route: Route, items: readonly MirrorItem[]): Promise<Outcome> {
  for (const { name, stood, digest } of items) {
    if (stood) world.onEvent({ type: "image-reused", image: name, digest });
    else world.onEvent({ type: "step-started", image: name, id: name, step: "copying", kind: "export" });
  }
  const copied = await copyBlobs(world, route, planBlobs(items));
  const errors = new Map<string, unknown>();
  const waiting = new Set<string>();
  for (const { name, blobs } of items) {
    const broken = blobs.find(({ digest }) => copied.failed.has(digest));
    if (broken !== undefined) errors.set(name, copied.failed.get(broken.digest));
    else if (blobs.some(({ digest }) => copied.skipped.has(digest))) waiting.add(name);
  }
  const ready = items.filter(({ name, isPresent }) => !isPresent && !errors.has(name) && !waiting.has(name));
  for (const { item, error } of await putManifests(world, route.to, ready)) errors.set(item.name, error);
  const isWhole = errors.size + waiting.size === 0 && !world.drain.aborted;
  if (isWhole) for (const [name, error] of await tagItems(world, route.to, items)) errors.set(name, error);
  const images = items.map((item): MirroredImage => {
    const { name, target, tag, digest, stood } = item;
    const row = { name, ref: formatImageRef({ host: route.to.host, repository: target, tag }), digest };
    const error = errors.get(name);
    if (error !== undefined) return { ...row, state: "failed", why: messageOf(error) };
    if (stood) return { ...row, state: "present" };
    return { ...row, state: isWhole ? "copied" : "waiting" };
  });
  tellEnds(world, items, { images, errors });
  const isDone = isWhole && errors.size === 0;
  const isSame = images.every(({ state }) => state === "present") && copied.sent === 0;
  return {
    state: !isDone ? "partly" : isSame ? "unchanged" : "mirrored",
    images,
    blobsSent: copied.sent,
    bytesSent: copied.bytes,
    exit: isDone ? 0 : world.drain.aborted ? 130 : 4,
  };
}

interface Ends {
  readonly images: readonly MirroredImage[];
  readonly errors: ReadonlyMap<string, unknown>;
}

function tellEnds(world: World, items: readonly MirrorItem[], { images, errors }: Ends): void {
  for (const [index, { name, state, digest, why }] of images.entries()) {
    if (state === "copied") {
      const bytes = (items[index]?.blobs ?? []).reduce((sum, { size }) => sum + size, 0);
      world.onEvent({ type: "image-built", image: name, digest, ms: 0, bytes });
    } else if (state === "failed") {
      const reason = codeOf(errors.get(name));
      const failure = { reason, message: why ?? "", logTail: [] };
      world.onEvent({ type: "image-failed", image: name, ms: 0, failure });
    } else if (state === "waiting") world.onEvent({ type: "image-cancelled", image: name });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "failed";
}

/** The images' tags, and when all of them stand the record's: who finds the record finds the release. */
async function tagItems(
  world: World,
  to: Place,
  items: readonly MirrorItem[],
): Promise<ReadonlyMap<string, unknown>> {
  const errors = new Map<string, unknown>();
  const missing = items.filter(({ stood }) => !stood);
  for (const part of [
    missing.filter(({ name }) => name !== RECORD),
    missing.filter(({ name }) => name === RECORD),
  ]) {
    if (errors.size > 0) break;
    const placements = part.map(
      ({ name, target, tag, digest }): Placement => ({ image: name, repository: target, tag, digest }),
    );
    for (const { placement, error } of (await putTags(world, to, placements)).failed)
      errors.set(placement.image, error);
  }
  return errors;
}
