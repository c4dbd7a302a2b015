import { collectBytes } from "../core/base/collect-bytes.ts";
import { type Digest, digestOf, shortDigest } from "../core/base/digest.ts";
import { canonicalJson, type Json } from "../core/base/json.ts";
import type { ReleaseBody } from "../core/record/kinds.ts";
import {
  parseReleaseRecord,
  RELEASE_TYPE,
  type ReleaseRecord,
  releaseArtifact,
} from "../core/record/release-artifact.ts";
import type { Registry, Repository } from "../edge/registry/port.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import { pushArtifact } from "./push-artifact.ts";
import type { World } from "./world.ts";

type Content = Omit<ReleaseBody, "artifact">;

export interface StoredRecord {
  readonly record: ReleaseRecord;
  /** Of the artifact's manifest. */
  readonly digest: Digest;
}

/** A record of more than this is none of ours. */
const RECORD_LIMIT = 16 * 1024 * 1024;

export function releasesRepository(namespace: string | undefined): string {
  return namespace === undefined ? "releases" : `${namespace}/releases`;
}

/**
 * Puts the record beside the images, so that another machine learns of the release. Its tag is the release's; where
 * another content stands there (a part was released first), the content's digest is added: no tag is ever moved.
 * Returns the digest of the artifact's manifest.
 */
export async function publishRecord(world: World, planned: PlannedFleet, content: Content): Promise<Digest> {
  const { registry, host, fleet } = planned;
  const at = { host, repository: releasesRepository(fleet.place.namespace) };
  const options = { signal: world.kill };
  const own = `${content.tag}-${shortDigest(digestOf(stable(content)), 8)}`;
  let tag = content.tag;
  for (const candidate of [content.tag, own]) {
    const stands = await readRecord(registry, at, candidate);
    // A run that was killed after this point finds its own record, of another second but of the same content.
    if (stands !== undefined && stable(stands.record) === stable(content)) return stands.digest;
    tag = candidate;
    if (stands === undefined) break;
  }
  const time = new Date(world.clock()).toISOString();
  const artifact = releaseArtifact({ version: 1, fleet: fleet.blueprint.fleet, time, ...content });
  await pushArtifact(registry, { ref: { ...at, tag }, artifact }, options);
  return artifact.descriptor.digest;
}

/** The record under a tag; undefined where there is none, or something that is no record. */
export async function readRecord(
  registry: Registry,
  at: Repository,
  tag: string,
): Promise<StoredRecord | undefined> {
  const stored = await registry.readManifest({ ...at, tag });
  if (stored?.content.kind !== "manifest" || stored.content.manifest.artifactType !== RELEASE_TYPE)
    return undefined;
  const layer = stored.content.manifest.layers[0];
  if (layer === undefined || layer.size > RECORD_LIMIT) return undefined;
  const bytes = await collectBytes(registry.readBlob(at, layer));
  return {
    record: parseReleaseRecord(new TextDecoder().decode(bytes)),
    digest: stored.descriptor.digest,
  };
}

/** What two records of the same release share: neither when, nor whether an image was built in that very run. */
function stable({ tag, sha, dirty, partial, images, unavailable, gates }: Content): string {
  const content = {
    tag,
    sha,
    dirty,
    partial,
    images: images.map(({ kind: _kind, ...image }) => image),
    unavailable,
    gates,
  };
  // JSON by its members; interfaces have no index signature.
  return canonicalJson(content as unknown as Json);
}
