import { afterEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { createMemoryRegistry } from "../../src/edge/registry/memory.ts";
import { copyBlobs } from "../../src/flow/tags/copy-blobs.ts";
import { planBlobs } from "../../src/flow/tags/plan-blobs.ts";
import { putManifests } from "../../src/flow/tags/put-manifests.ts";
import { readTree } from "../../src/flow/tags/read-tree.ts";
import { codeOf } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { fakeTime } from "../registry/kit.ts";

const HERE = { host: "here.example", repository: "a" };
const signal = new AbortController().signal;
const world = { drain: signal, kill: signal, onEvent: () => {} };

/** An index over these manifests, pushed. */
async function pushIndex(
  registry: ReturnType<typeof createMemoryRegistry>,
  children: readonly Digest[],
): Promise<Digest> {
  const manifests = children.map(
    (digest): Descriptor => ({ mediaType: MediaType.ociManifest, digest, size: 1 }),
  );
  const bytes = new TextEncoder().encode(
    JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests }),
  );
  await registry.putManifest({ ...HERE, digest: digestOf(bytes) }, bytes, MediaType.ociIndex);
  return digestOf(bytes);
}

describe("an image of several platforms", () => {
  it("is read children first, and stands in the mirror with all of them", async () => {
    const from = createMemoryRegistry();
    const arm = await pushImage(from, HERE, { layers: ["shared", "arm"] });
    const amd = await pushImage(from, HERE, { layers: ["shared", "amd"] });
    const root = await pushIndex(from, [arm, amd]);
    const here = { registry: from, host: HERE.host };
    const tree = await readTree(here, { repository: "a", digest: root }, signal);
    expect(tree.manifests.map(({ descriptor }) => descriptor.digest)).toEqual([arm, amd, root]);
    // Two configs, two own layers, one that they share.
    expect(tree.blobs).toHaveLength(5);
    const to = createMemoryRegistry();
    const there = { registry: to, host: "there.example" };
    const item = { name: "a", source: "a", target: "b", isPresent: false, ...tree };
    await copyBlobs(world, { from: here, to: there }, planBlobs([item]));
    expect(await putManifests(world, there, [item])).toEqual([]);
    for (const digest of [arm, amd, root]) {
      expect(await to.resolve({ host: "there.example", repository: "b", digest })).toMatchObject({ digest });
    }
  });

  it("is refused where a child is gone, and where it is nested without end", async () => {
    const registry = createMemoryRegistry();
    const here = { registry, host: HERE.host };
    const lost = await pushIndex(registry, [digestOf("nothing")]);
    expect(await codeOf(readTree(here, { repository: "a", digest: lost }, signal))).toBe("PARENT_MISSING");
    let deep = await pushImage(registry, HERE, { layers: ["leaf"] });
    for (let depth = 0; depth < 3; depth++) deep = await pushIndex(registry, [deep]);
    await readTree(here, { repository: "a", digest: deep }, signal);
    deep = await pushIndex(registry, [deep]);
    expect(await codeOf(readTree(here, { repository: "a", digest: deep }, signal))).toBe("PARENT_MISSING");
  });
});

describe("what refers to an image", () => {
  const servers: MemoryRegistryServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  // Distribution 2.8 and GHCR have no referrers API: the fallback list is kept by whoever pushes.
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])("goes along and is listed there (API here %s, there %s)", async (here, there) => {
    const [from, to] = await Promise.all([
      startMemoryRegistry({ referrers: here }),
      startMemoryRegistry({ referrers: there }),
    ]);
    servers.push(from, to);
    const registry = createHttpRegistry({ time: fakeTime() });
    const at = { host: from.host, repository: "a" };
    const digest = await pushImage(registry, { ...at, tag: "t" }, { layers: ["layer"] });
    const subject = await registry.resolve({ ...at, digest });
    const image = await registry.readManifest({ ...at, digest });
    if (image?.content.kind !== "manifest") throw new Error("it is no manifest");
    const { config, layers } = image.content.manifest;
    const signature = new TextEncoder().encode(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MediaType.ociManifest,
        artifactType: "application/x-signature",
        config,
        layers,
        subject,
      }),
    );
    await registry.putManifest({ ...at, digest: digestOf(signature) }, signature, MediaType.ociManifest);
    const places = { from: { registry, host: from.host }, to: { registry, host: to.host } };
    const tree = await readTree(places.from, { repository: "a", digest }, signal);
    expect(tree.manifests.map(({ descriptor }) => descriptor.digest)).toEqual([digest, digestOf(signature)]);
    const item = { name: "a", source: "a", target: "b", isPresent: false, ...tree };
    await copyBlobs(world, places, planBlobs([item]));
    expect(await putManifests(world, places.to, [item])).toEqual([]);
    const listed = await registry.listReferrers({ host: to.host, repository: "b" }, digest);
    expect(listed.map((each) => each.digest)).toEqual([digestOf(signature)]);
    // The canary: what refers to nothing has none.
    expect(await registry.listReferrers({ host: to.host, repository: "b" }, digestOf(signature))).toEqual([]);
  });
});
