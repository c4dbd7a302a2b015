import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { fallbackTag } from "../../src/edge/registry/http/fallback-index.ts";
import { requireEngine } from "../kit/engine.ts";
import { conformance } from "../registry/conformance.ts";
import { blobOf, collect, configJson, manifestOf, noise } from "../registry/kit.ts";

const engine = await requireEngine();

describe.skipIf(engine === undefined)("the engine's CNCF Distribution registry", () => {
  const registry = createHttpRegistry();
  const host = engine?.registry ?? "";
  // The registry outlives the run: names that no run before has used.
  const run = randomBytes(4).toString("hex");
  let count = 0;
  const fresh = () => ({ host, repository: `conformance-${run}/r${count++}` });
  afterAll(() => registry.close());
  conformance(() => ({ registry, fresh }));

  test("ping answers", async () => {
    await expect(registry.ping(host)).resolves.toBeUndefined();
  });

  test("it takes a blob in pieces", async () => {
    const at = fresh();
    const bytes = noise(1_000_000, 21);
    const pieces = createHttpRegistry({ pieceBytes: 300_000 });
    await pieces.putBlob(at, blobOf(bytes));
    pieces.close();
    const blob = { mediaType: MediaType.ociLayerGzip, digest: blobOf(bytes).digest, size: bytes.length };
    expect((await collect(registry.readBlob(at, blob))).equals(bytes)).toBe(true);
  });

  test("it has no referrers API: the fallback tag serves", async () => {
    const at = fresh();
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    const image = Buffer.from(JSON.stringify(manifestOf(config)));
    const subject = await registry.putManifest({ ...at, tag: "v1" }, image, MediaType.ociManifest);
    const signature = { ...manifestOf(config), artifactType: "application/x-signature", subject };
    const bytes = Buffer.from(JSON.stringify(signature));
    const put = await registry.putManifest(at, bytes, MediaType.ociManifest);
    expect((await registry.listReferrers(at, subject.digest)).map((each) => each.digest)).toEqual([
      put.digest,
    ]);
    expect(await registry.listTags(at)).toContain(fallbackTag(subject.digest));
  });

  test("it deletes by digest, and no tag alone", async () => {
    const at = fresh();
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
    const { digest } = await registry.putManifest({ ...at, tag: "v1" }, bytes, MediaType.ociManifest);
    await expect(registry.deleteManifest({ ...at, tag: "v1" })).rejects.toMatchObject({
      code: "REGISTRY_UNSUPPORTED",
    });
    expect(await registry.deleteManifest({ ...at, digest })).toBe(true);
    expect(await registry.resolve({ ...at, tag: "v1" })).toBeUndefined();
    expect(await registry.deleteManifest({ ...at, digest })).toBe(false);
  });

  test("its catalog lists what was pushed", async () => {
    const at = fresh();
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
    await registry.putManifest({ ...at, tag: "v1" }, bytes, MediaType.ociManifest);
    expect(await registry.listRepositories(host)).toContain(at.repository);
  });

  // Where Distribution 2.8 differs from the registry in test/kit; a change here means that a fault can be dropped there.
  test("it ignores n and last, so all tags come in one page", async () => {
    const at = fresh();
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
    const tags = Array.from({ length: 5 }, (_, index) => `t${index}`);
    for (const tag of tags) await registry.putManifest({ ...at, tag }, bytes, MediaType.ociManifest);
    expect([...(await registry.listTags(at))].sort()).toEqual(tags);
  });
});
