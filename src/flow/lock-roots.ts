import { createReadStream } from "node:fs";
import type { EpochSeconds } from "../core/base/clock.ts";
import { type Digest, digestOf } from "../core/base/digest.ts";
import { LapstrakeError } from "../core/base/error.ts";
import { oneChunk } from "../core/base/one-chunk.ts";
import type { Root } from "../core/blueprint/blueprint.ts";
import { firstPlatform } from "../core/blueprint/first-platform.ts";
import type { LockedRoot, PinnedRoot } from "../core/blueprint/lock.ts";
import { contentTag } from "../core/graph/identity.ts";
import { MediaType } from "../core/oci/media-type.ts";
import { formatImageRef, type ImageRef } from "../core/oci/reference.ts";
import type { Bootstrapper, MadeRoot } from "../edge/builder/bootstrap/port.ts";
import type { Registry } from "../edge/registry/port.ts";
import { readCreated, readImageFacts } from "./image-facts.ts";
import { rootRepository } from "./root-ref.ts";
import type { World } from "./world.ts";

export interface RootInputs {
  readonly world: World;
  readonly root: Root;
  readonly registry: Registry;
  readonly bootstrapper: Bootstrapper;
  /** Where a bootstrapped root is put. */
  readonly host: string;
  readonly namespace: string | undefined;
  readonly platforms: readonly string[];
}

/** Codes that say that this machine cannot make the root at all; anything else may go well the next time. */
const CANNOT: ReadonlySet<string> = new Set(["BOOTSTRAP_NOT_HERE", "BOOTSTRAP_PYTHON"]);

/**
 * Pins one root: from its registry, else from a mirror, else made by its bootstrap recipe. Never throws for a root that
 * cannot be had: that is an entry of the lock too, with every reason. A recipe that failed, or a root that could not be
 * pushed, is an error: the lock would go on saying "unavailable" when the cause is long gone.
 */
export async function lockRoot(inputs: RootInputs): Promise<LockedRoot> {
  const { root, world } = inputs;
  const reasons: string[] = [];
  for (const [index, ref] of [root.image, ...root.mirrors].entries()) {
    try {
      const pinned = await fromRegistry(inputs, ref, index === 0 ? "registry" : "mirror");
      if (pinned !== undefined) return pinned;
      reasons.push(`${formatImageRef(ref)} does not exist`);
    } catch (error) {
      reasons.push(reasonOf(error, ref.host, world));
    }
  }
  if (root.bootstrap === undefined)
    return { unavailable: `${reasons.join("; ")}; it has no bootstrap recipe` };
  try {
    world.onEvent({
      type: "note",
      level: "info",
      message: `${root.name}: ${reasons.join("; ")}; making it by its bootstrap recipe`,
    });
    return await fromBootstrap(inputs, root.bootstrap);
  } catch (error) {
    if (!(error instanceof LapstrakeError && CANNOT.has(error.code))) throw error;
    return { unavailable: [...reasons, error.message].join("; ") };
  }
}

async function fromRegistry(
  { root, registry, world }: RootInputs,
  ref: ImageRef,
  source: "registry" | "mirror",
): Promise<PinnedRoot | undefined> {
  const signal = AbortSignal.any([world.kill, AbortSignal.timeout(REACH_MS)]);
  const facts = await readImageFacts(registry, ref, signal);
  if (facts === undefined) return undefined;
  return {
    image: formatImageRef(root.image),
    source,
    from: formatImageRef(ref),
    digest: facts.digest,
    created: facts.epoch ?? (await readCreated(registry, ref, { facts, signal })) ?? 0,
  };
}

/** A registry that answers nothing in this time counts as out of reach. */
const REACH_MS = 20_000;

async function fromBootstrap(
  inputs: RootInputs,
  recipe: NonNullable<Root["bootstrap"]>,
): Promise<PinnedRoot> {
  const { root, world, bootstrapper } = inputs;
  const made = await bootstrapper.make(recipe, {
    platform: firstPlatform(inputs),
    signal: world.kill,
  });
  try {
    const pushed = await pushRoot(inputs, made);
    return {
      image: formatImageRef(root.image),
      source: "bootstrap",
      from: made.identity,
      ...pushed,
      packages: made.packages,
    };
  } finally {
    await made.dispose();
  }
}

/** Puts the root under its identity. Where one stands there it stays, as with images: other locks pin its digest. */
async function pushRoot(
  { registry, host, namespace, root, world }: RootInputs,
  { image, identity, epoch }: MadeRoot,
): Promise<{ readonly digest: Digest; readonly created: EpochSeconds }> {
  const at = { host, repository: rootRepository(namespace, root.name) };
  const options = { signal: world.kill };
  const tag = contentTag(identity);
  const standing = await readImageFacts(registry, { ...at, tag }, world.kill);
  if (standing !== undefined) return { digest: standing.digest, created: standing.epoch ?? epoch };
  const { layer, config, manifest, digest } = image;
  await registry.putBlob(
    at,
    { digest: layer.digest, size: layer.size, open: () => createReadStream(layer.file) },
    options,
  );
  const configBlob = { digest: digestOf(config), size: config.length, open: () => oneChunk(config) };
  await registry.putBlob(at, configBlob, options);
  await registry.putManifest({ ...at, tag }, manifest, MediaType.ociManifest, options);
  world.onEvent({ type: "pushed", image: root.name, ref: `${at.repository}:${tag}`, digest });
  return { digest, created: epoch };
}

/** Known errors are reasons; anything else is a bug and goes on up. */
function reasonOf(error: unknown, where: string, world: World): string {
  if (world.kill.aborted) throw error;
  if (error instanceof LapstrakeError) return error.message;
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
    return `${where} did not answer within ${REACH_MS / 1000} s`;
  }
  throw error;
}
