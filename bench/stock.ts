import { type Digest, digestOf } from "../src/core/base/digest.ts";
import { oneChunk } from "../src/core/base/one-chunk.ts";
import { contentTag } from "../src/core/graph/identity.ts";
import { Annotation } from "../src/core/oci/annotation.ts";
import { MediaType } from "../src/core/oci/media-type.ts";
import type { ReleasedImage } from "../src/core/record/kinds.ts";
import { type ReleaseRecord, releaseArtifact } from "../src/core/record/release-artifact.ts";
import { createHttpRegistry, type HttpRegistry } from "../src/edge/registry/http/client.ts";
import { releasesRepository } from "../src/flow/publish-record.ts";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { packImage, pushImage } from "../test/kit/memory-image.ts";
import { BenchFailure } from "./failure.ts";

/** By `REPOSITORY:TAG`, the digest that it stands on. */
export type Stock = ReadonlyMap<string, Digest>;

export interface StockOptions {
  /** `HOST:PORT` of a registry that speaks plain HTTP. */
  readonly host: string;
  readonly namespace: string;
  /** At most nine. Each leaves two tags on every image, its own and the content's, and a record. */
  readonly releases: number;
}

/** Puts into a registry what so many releases of a fleet leave there: tiny images, but all of their tags and records. */
export async function stockRegistry(fleet: GeneratedFleet, options: StockOptions): Promise<Stock> {
  const registry = createHttpRegistry();
  const stock = new Map<string, Digest>();
  for (let round = 1; round <= options.releases; round += 1) {
    const time = `2026-01-0${round}T00:00:00.000Z`;
    const tag = `2026010${round}-${fleet.commit.slice(0, 7)}`;
    const images = await Promise.all(
      fleet.images.map(({ name }) => putImage(registry, { ...options, name, tag, time, stock })),
    );
    const found = { images, unavailable: [], gates: [] };
    const made = { sha: fleet.commit, dirty: false, partial: false };
    await putRecord(registry, options, { version: 1, fleet: fleet.name, tag, time, ...made, ...found });
  }
  registry.close();
  return stock;
}

interface Image extends StockOptions {
  readonly name: string;
  readonly tag: string;
  readonly time: string;
  readonly stock: Map<string, Digest>;
}

async function putImage(
  registry: HttpRegistry,
  { host, namespace, name, tag, time, stock }: Image,
): Promise<ReleasedImage> {
  const repository = `${namespace}/${name}`;
  const identity = digestOf(`${repository} ${tag}`);
  const revision = identity.slice(-40);
  const content = {
    layers: ["a layer of all images"],
    annotations: { [Annotation.created]: time, [Annotation.revision]: revision },
  };
  const names = [contentTag(identity), tag] as const;
  const digest = await pushImage(registry, { host, repository, tag: names[0] }, content);
  await registry.putManifest({ host, repository, tag }, packImage(content).manifest, MediaType.ociManifest);
  for (const each of names) stock.set(`${repository}:${each}`, digest);
  return { name, repository, identity, digest, kind: "built" };
}

async function putRecord(
  registry: HttpRegistry,
  { host, namespace }: StockOptions,
  record: ReleaseRecord,
): Promise<void> {
  const at = { host, repository: releasesRepository(namespace) };
  const { manifest, descriptor, blobs } = releaseArtifact(record);
  for (const { descriptor: blob, bytes } of blobs)
    await registry.putBlob(at, { digest: blob.digest, size: blob.size, open: () => oneChunk(bytes) });
  await registry.putManifest({ ...at, tag: record.tag }, manifest, descriptor.mediaType);
}

/** Throws BenchFailure unless each tag was found with its digest. */
export function expectStock(stock: Stock, found: ReadonlyMap<string, string | undefined>): void {
  const wrong = [...stock].filter(([name, digest]) => found.get(name) !== digest).map(([name]) => name);
  if (wrong.length > 0)
    throw new BenchFailure(
      `${wrong.length} of ${stock.size} tags not found as they stand, such as ${wrong[0]}`,
    );
}
