import type { Digest } from "../core/base/digest.ts";
import type { ReleaseBody } from "../core/record/kinds.ts";
import { releaseArtifact } from "../core/record/release-artifact.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import type { World } from "./world.ts";

export function releasesRepository(namespace: string | undefined): string {
  return namespace === undefined ? "releases" : `${namespace}/releases`;
}

/** Puts the record beside the images, so that another machine learns of the release. The digest of its manifest. */
export async function publishRecord(
  world: World,
  { registry, host, fleet }: PlannedFleet,
  content: Omit<ReleaseBody, "artifact">,
): Promise<Digest> {
  const time = new Date(world.clock()).toISOString();
  const artifact = releaseArtifact({ version: 1, fleet: fleet.blueprint.fleet, time, ...content });
  const at = { host, repository: releasesRepository(fleet.place.namespace) };
  const options = { signal: world.kill };
  for (const { descriptor, bytes } of artifact.blobs) {
    await registry.putBlob(
      at,
      { digest: descriptor.digest, size: descriptor.size, open: () => oneChunk(bytes) },
      options,
    );
  }
  await registry.putManifest(
    { ...at, tag: content.tag },
    artifact.manifest,
    artifact.descriptor.mediaType,
    options,
  );
  return artifact.descriptor.digest;
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
