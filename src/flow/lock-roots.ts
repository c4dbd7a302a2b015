import { createReadStream } from "node:fs";
import type { EpochSeconds } from "../core/base/clock.ts";
import { digestOf } from "../core/base/digest.ts";
import { LapstrakeError } from "../core/base/error.ts";
import type { Root } from "../core/blueprint/blueprint.ts";
import type { LockedRoot, PinnedRoot } from "../core/blueprint/lock.ts";
import { contentTag } from "../core/graph/identity.ts";
import { MediaType } from "../core/oci/media-type.ts";
import { formatImageRef, type ImageRef } from "../core/oci/reference.ts";
import type { Bootstrapper, MadeRoot } from "../edge/builder/bootstrap/port.ts";
import type { Registry } from "../edge/registry/port.ts";
import { readImageFacts } from "./image-facts.ts";
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

/**
 * Pins one root: from its registry, else from a mirror, else made by its bootstrap recipe. Never throws for a root that
 * cannot be had: that is an entry of the lock too, with every reason.
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
    reasons.push(reasonOf(error, "bootstrap", world));
    return { unavailable: reasons.join("; ") };
  }
}

async function fromRegistry(
  { root, registry, world }: RootInputs,
  ref: ImageRef,
  source: "registry" | "mirror",
): Promise<PinnedRoot | undefined> {
  const facts = await readImageFacts(
    registry,
    ref,
    AbortSignal.any([world.kill, AbortSignal.timeout(REACH_MS)]),
  );
  if (facts === undefined) return undefined;
  return {
    image: formatImageRef(root.image),
    source,
    from: formatImageRef(ref),
    digest: facts.digest,
    created: facts.epoch ?? 0,
  };
}

/** A registry that answers nothing in this time counts as out of reach. */
const REACH_MS = 20_000;

async function fromBootstrap(
  inputs: RootInputs,
  recipe: NonNullable<Root["bootstrap"]>,
): Promise<PinnedRoot> {
  const { root, world, bootstrapper, platforms } = inputs;
  const made = await bootstrapper.make(recipe, {
    platform: platforms[0] ?? "linux/amd64",
    signal: world.kill,
  });
  try {
    await pushRoot(inputs, made);
    return {
      image: formatImageRef(root.image),
      source: "bootstrap",
      from: made.identity,
      digest: made.image.digest,
      created: made.epoch satisfies EpochSeconds,
      packages: made.packages,
    };
  } finally {
    await made.dispose();
  }
}

async function pushRoot(
  { registry, host, namespace, root, world }: RootInputs,
  { image, identity }: MadeRoot,
): Promise<void> {
  const at = { host, repository: rootRepository(namespace, root.name) };
  const options = { signal: world.kill };
  const { layer, config, manifest } = image;
  await registry.putBlob(
    at,
    { digest: layer.digest, size: layer.size, open: () => createReadStream(layer.file) },
    options,
  );
  const configBlob = { digest: digestOf(config), size: config.length, open: () => oneChunk(config) };
  await registry.putBlob(at, configBlob, options);
  const tag = contentTag(identity);
  await registry.putManifest({ ...at, tag }, manifest, MediaType.ociManifest, options);
  world.onEvent({ type: "pushed", image: root.name, ref: `${at.repository}:${tag}`, digest: image.digest });
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
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
