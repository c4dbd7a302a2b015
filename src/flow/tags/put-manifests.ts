import type { StoredManifest } from "../../edge/registry/port.ts";
import { FlowError } from "../error.ts";
import type { World } from "../world.ts";
import type { Place } from "./put-tags.ts";

interface Owner {
  readonly target: string;
  /** Each after those that it names. */
  readonly manifests: readonly StoredManifest[];
}

const TRIES = 2;

/**
 * Puts the manifests of each under their digests, children first, and asks for each again: an index must never stand
 * before what it names. Gives those that failed.
 */
export async function putManifests<Each extends Owner>(
  world: Pick<World, "kill">,
  to: Place,
  items: readonly Each[],
): Promise<readonly { readonly item: Each; readonly error: unknown }[]> {
  const done = await Promise.allSettled(
    items.map(async ({ target, manifests }) => {
      for (const manifest of manifests) await putProven(world, to, { repository: target, manifest });
    }),
  );
  return items.flatMap((item, index) => {
    const result = done[index];
    return result?.status === "rejected" ? [{ item, error: result.reason as unknown }] : [];
  });
}

async function putProven(
  { kill: signal }: Pick<World, "kill">,
  { registry, host }: Place,
  { repository, manifest }: { readonly repository: string; readonly manifest: StoredManifest },
): Promise<void> {
  const { digest, mediaType } = manifest.descriptor;
  const ref = { host, repository, digest };
  for (let left = TRIES; left > 0; left--) {
    await registry.putManifest(ref, manifest.bytes, mediaType, { signal });
    if ((await registry.resolve(ref, { signal })) !== undefined) return;
  }
  throw new FlowError("TAG_LOST", `${host} took ${repository}@${digest}, and then it is not there`, {
    hint: "run the same command again; where it stays so, the registry loses what it takes",
  });
}
