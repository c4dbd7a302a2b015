import { describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createMemoryRegistry } from "../../src/edge/registry/memory.ts";
import { copyBlobs } from "../../src/flow/tags/copy-blobs.ts";
import { planBlobs } from "../../src/flow/tags/plan-blobs.ts";
import { putManifests } from "../../src/flow/tags/put-manifests.ts";
import { readTree } from "../../src/flow/tags/read-tree.ts";
import { codeOf } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";

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
