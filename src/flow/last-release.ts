import type { ReleaseBody } from "../core/record/kinds.ts";
import { parseReleaseRecord, RELEASE_TYPE } from "../core/record/release-artifact.ts";
import type { Registry } from "../edge/registry/port.ts";
import { releasesRepository } from "./publish-record.ts";
import type { FleetState } from "./world.ts";

export interface ReleaseSource {
  readonly registry: Registry;
  readonly host: string;
  readonly state: FleetState;
  readonly fleet: { readonly place: { readonly namespace: string | undefined } };
}

/** A record of more than this is none of ours. */
const RECORD_LIMIT = 16 * 1024 * 1024;

/** The newest release: of this machine's ledger, or where it has none of the records in the registry. */
export async function lastRelease(source: ReleaseSource): Promise<ReleaseBody | undefined> {
  const entry = await source.state.ledger.last("release");
  return entry?.body ?? (await releaseInRegistry(source));
}

async function releaseInRegistry({ registry, host, fleet }: ReleaseSource): Promise<ReleaseBody | undefined> {
  const at = { host, repository: releasesRepository(fleet.place.namespace) };
  // Tags begin with the date, so the last in order is the newest.
  const newest = (await registry.listTags(at)).toSorted().at(-1);
  if (newest === undefined) return undefined;
  const stored = await registry.readManifest({ ...at, tag: newest });
  if (stored?.content.kind !== "manifest" || stored.content.manifest.artifactType !== RELEASE_TYPE)
    return undefined;
  const layer = stored.content.manifest.layers[0];
  if (layer === undefined || layer.size > RECORD_LIMIT) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of registry.readBlob(at, layer)) chunks.push(chunk);
  const record = parseReleaseRecord(new TextDecoder().decode(Buffer.concat(chunks)));
  return { ...record, artifact: stored.descriptor.digest };
}
