import { basename, dirname, resolve } from "node:path";
import { type Digest, digestOf, isDigest } from "../../core/base/digest.ts";
import { type ExitCode, messageOf } from "../../core/base/error.ts";
import { OciError } from "../../core/oci/error.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import { isRepository, isTag } from "../../core/oci/reference.ts";
import type { PackageHosts } from "../../edge/registry/github/package-hosts.ts";
import type { Registry } from "../../edge/registry/port.ts";
import { type HoldOptions, holdLock } from "../hold-lock.ts";
import { loadFleet } from "../load-fleet.ts";
import { openState } from "../open-ledger.ts";
import type { World } from "../world.ts";
import { PruneError } from "./error.ts";
import { joinReferrers } from "./join-referrers.ts";
import { RESTORE_LIMIT, type RestoreItem } from "./journal.ts";
import { restoreOrder } from "./restore-order.ts";

export interface RestoreFlags extends HoldOptions {
  /** A restore list, relative to the working directory. */
  readonly file: string;
}

export interface RestoreReport {
  /** `repository:tag` or `repository@digest`. */
  readonly restored: readonly string[];
  readonly left: readonly { readonly name: string; readonly why: string }[];
  readonly exit: ExitCode;
}

/**
 * Puts back what a restore list has, in `restoreOrder`, each under its digest and its tags. A tag that stands on something
 * else by now is never moved; only a list of referrers gets what it lacks. What has lost its blobs to the registry's garbage collection is told
 * (exit 4). PRUNE_JOURNAL where the file is no restore list of this fleet.
 */
export async function restorePruned(world: World, flags: RestoreFlags): Promise<RestoreReport> {
  const fleet = await loadFleet(world);
  const { insecure, mirrors, packageApis } = fleet.blueprint.build;
  const items = await readList(world, resolve(world.cwd, flags.file), fleet.blueprint.fleet);
  const registry = world.registry({ insecure, mirrors });
  const { packages } = await world.registryScan({ insecure, mirrors, packageApis });
  return holdLock(world, await openState(world), flags, async () => {
    const restored: string[] = [];
    const left: { name: string; why: string }[] = [];
    for (const item of restoreOrder(items)) {
      const refusal = await restoreVersion({ world, registry, packages }, item);
      for (const tag of item.tags.length === 0 ? [undefined] : item.tags) {
        const name = `${item.repository}${tag === undefined ? `@${item.digest}` : `:${tag}`}`;
        try {
          world.drain.throwIfAborted();
          await putBack(world, registry, item, tag);
          restored.push(name);
        } catch (error) {
          world.drain.throwIfAborted();
          left.push({ name, why: [refusal, messageOf(error)].filter((why) => why !== undefined).join("; ") });
        }
      }
    }
    return { restored, left, exit: left.length === 0 ? 0 : 4 };
  });
}

interface RestorePlace {
  readonly world: World;
  readonly registry: Registry;
  readonly packages: PackageHosts;
}

/**
 * Asks a host that lists its packages for the version: with it come the blobs, which nobody else could bring back. Not
 * where one of its tags stands elsewhere by now, since the version might take it along. What cannot be had is no error
 * yet, the bytes are still in the list; the words why are given.
 */
async function restoreVersion(
  { world, registry, packages }: RestorePlace,
  { host, repository, digest, tags, packageVersion }: RestoreItem,
): Promise<string | undefined> {
  const api = packages(host);
  if (packageVersion === undefined || api === undefined) return undefined;
  const options = { signal: world.kill };
  try {
    world.drain.throwIfAborted();
    const stands = (ref: { readonly tag: string } | { readonly digest: Digest }) =>
      registry.resolve({ host, repository, ...ref }, options);
    if ((await stands({ digest })) !== undefined) return undefined;
    const found = await Promise.all(tags.map((tag) => stands({ tag })));
    if (found.some((each) => each !== undefined)) return undefined;
    const isBack = await api.restoreVersion(repository, packageVersion, options);
    return isBack ? undefined : `${host} has no deleted version ${packageVersion} of it any more`;
  } catch (error) {
    world.drain.throwIfAborted();
    return messageOf(error);
  }
}

async function putBack(
  world: World,
  registry: Registry,
  { host, repository, digest, mediaType, manifest }: RestoreItem,
  tag: string | undefined,
): Promise<void> {
  const options = { signal: world.kill };
  const ref = tag === undefined ? { host, repository, digest } : { host, repository, tag };
  const found = await registry.resolve(ref, options);
  const bytes = Buffer.from(manifest, "base64");
  if (found === undefined) await registry.putManifest(ref, bytes, mediaType, options);
  else if (found.digest !== digest && !(await joinReferrers(registry, ref, bytes, options)))
    throw new PruneError("PRUNE_MOVED", `it stands on ${found.digest} by now, and is not moved`);
}

async function readList(world: World, path: string, fleet: string): Promise<readonly RestoreItem[]> {
  const bytes = await world.tree(dirname(path)).read(basename(path), RESTORE_LIMIT);
  if (bytes === undefined) throw new PruneError("PRUNE_JOURNAL", `there is no file ${path}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PruneError("PRUNE_JOURNAL", `${path} is no JSON`, { cause });
  }
  const list = Object(value) as { version?: unknown; fleet?: unknown; items?: unknown };
  if (list.version !== 1 || list.fleet !== fleet || !Array.isArray(list.items)) {
    throw new PruneError("PRUNE_JOURNAL", `${path} is no restore list of the fleet ${fleet}`);
  }
  return list.items.map((item: unknown, index) => {
    if (isItem(item)) return item;
    throw new PruneError("PRUNE_JOURNAL", `${path}: items[${index}] is damaged`);
  });
}

/** Also that the bytes are a manifest, and those of the digest: nothing else is ever put back under it. */
function isItem(value: unknown): value is RestoreItem {
  const { host, repository, digest, mediaType, tags, manifest, packageVersion } = Object(value) as Partial<
    Record<keyof RestoreItem, unknown>
  >;
  return (
    typeof host === "string" &&
    typeof repository === "string" &&
    isRepository(repository) &&
    typeof mediaType === "string" &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === "string" && isTag(tag)) &&
    typeof digest === "string" &&
    isDigest(digest) &&
    (packageVersion === undefined || Number.isSafeInteger(packageVersion)) &&
    typeof manifest === "string" &&
    digestOf(Buffer.from(manifest, "base64")) === digest &&
    isManifest(Buffer.from(manifest, "base64"), mediaType)
  );
}

function isManifest(bytes: Uint8Array, mediaType: string): boolean {
  try {
    parseManifest(bytes, mediaType);
    return true;
  } catch (error) {
    if (error instanceof OciError) return false;
    throw error;
  }
}
