import { expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { matchesPlatform } from "../../src/core/oci/parse-platform.ts";
import type { Registry, Repository } from "../../src/edge/registry/port.ts";
import { readConfig } from "../../src/flow/read-config.ts";
import { blobOf, codeOf, collect, configJson, manifestOf, noise } from "./kit.ts";

export interface Subject {
  readonly registry: Registry;
  /** A repository that nobody used before. */
  readonly fresh: () => Repository;
}

/** What every adapter and every registry must do alike. Called by one test file for each. */
export function conformance(open: () => Subject): void {
  test("an image that was put is resolved, read and listed", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const layer = noise(300_000);
    const config = configJson();
    await registry.putBlob(at, blobOf(config));
    await registry.putBlob(at, blobOf(layer));
    const bytes = Buffer.from(JSON.stringify(manifestOf(config, [layer])));
    const put = await registry.putManifest({ ...at, tag: "one" }, bytes, MediaType.ociManifest);
    expect(put).toEqual({ mediaType: MediaType.ociManifest, digest: digestOf(bytes), size: bytes.length });
    expect(await registry.resolve({ ...at, tag: "one" })).toEqual(put);
    expect(await registry.resolve({ ...at, digest: put.digest })).toEqual(put);
    const stored = await registry.readManifest({ ...at, tag: "one" });
    expect(Buffer.from(stored?.bytes ?? []).equals(bytes)).toBe(true);
    const manifest = stored?.content.kind === "manifest" ? stored.content.manifest : undefined;
    expect(manifest?.layers.map((each) => each.digest)).toEqual([digestOf(layer)]);
    expect((await collect(registry.readBlob(at, manifest!.layers[0]!))).equals(layer)).toBe(true);
    expect((await readConfig(registry, at, manifest!.config)).config.User).toBe("appuser");
    expect(await registry.listTags(at)).toEqual(["one"]);
  });

  test("what is not there is undefined, or none", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const missing = digestOf("nothing has this");
    expect(await registry.resolve({ ...at, tag: "none" })).toBeUndefined();
    expect(await registry.resolve({ ...at, digest: missing })).toBeUndefined();
    expect(await registry.readManifest({ ...at, tag: "none" })).toBeUndefined();
    expect(await registry.listTags(at)).toEqual([]);
    const blob = { mediaType: MediaType.ociLayerGzip, digest: missing, size: 16 };
    expect(await codeOf(collect(registry.readBlob(at, blob)))).toBe("BLOB_UNKNOWN");
  });

  test("a manifest whose blobs are missing is refused", async () => {
    const { registry, fresh } = open();
    const bytes = Buffer.from(JSON.stringify(manifestOf(configJson("riscv64"), [noise(10, 99)])));
    const put = registry.putManifest({ ...fresh(), tag: "one" }, bytes, MediaType.ociManifest);
    expect(await codeOf(put)).toBe("REGISTRY_REFUSED");
  });

  test("a tag moves, and both manifests stay readable by digest", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const first = await putImage(registry, at, "amd64", "tag");
    const second = await putImage(registry, at, "arm64", "tag");
    expect((await registry.resolve({ ...at, tag: "tag" }))?.digest).toBe(second);
    expect((await registry.readManifest({ ...at, digest: first }))?.descriptor.digest).toBe(first);
  });

  test("an index leads to the manifest of a platform", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const manifests = [];
    for (const architecture of ["amd64", "arm64"]) {
      const digest = await putImage(registry, at, architecture);
      const size = (await registry.resolve({ ...at, digest }))?.size;
      manifests.push({
        mediaType: MediaType.ociManifest,
        digest,
        size,
        platform: { os: "linux", architecture },
      });
    }
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests }));
    await registry.putManifest({ ...at, tag: "multi" }, index, MediaType.ociIndex);
    const stored = await registry.readManifest({ ...at, tag: "multi" });
    const entries = stored?.content.kind === "index" ? stored.content.index.manifests : [];
    const entryFor = (architecture: string) =>
      entries.find((entry) => matchesPlatform(entry, { os: "linux", architecture }));
    expect(entryFor("s390x")).toBeUndefined();
    const arm = entryFor("arm64");
    expect(arm?.digest).toBe(manifests[1]!.digest);
    const child = await registry.readManifest({ ...at, digest: arm!.digest });
    expect(child?.descriptor).toMatchObject({
      digest: arm?.digest,
      size: arm?.size,
      mediaType: arm?.mediaType,
    });
  });

  test("a blob that is there is not sent again, and an empty one can be put", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const source = blobOf(noise(1000));
    await registry.putBlob(at, source);
    await registry.putBlob(at, source);
    expect(source.opened).toBe(1);
    await registry.putBlob(at, blobOf(Buffer.alloc(0)));
  });

  test("a blob is mounted from another repository", async () => {
    const { registry, fresh } = open();
    const from = fresh();
    const at = fresh();
    const bytes = noise(5000, 7);
    await registry.putBlob(from, blobOf(bytes));
    const source = blobOf(bytes);
    await registry.putBlob(at, source, { from: from.repository });
    expect(source.opened).toBe(0);
    const blob = { mediaType: MediaType.ociLayerGzip, digest: source.digest, size: source.size };
    expect((await collect(registry.readBlob(at, blob))).equals(bytes)).toBe(true);
  });

  test("a source that is not what it says is not stored", async () => {
    const { registry, fresh } = open();
    const at = fresh();
    const lying = { ...blobOf(noise(70_000, 3)), digest: digestOf("something else") };
    expect(await codeOf(registry.putBlob(at, lying))).toBe("REGISTRY_DIGEST_MISMATCH");
    const short = { ...blobOf(noise(70_000, 4)), size: 70_001 };
    expect(await codeOf(registry.putBlob(at, short))).toBe("REGISTRY_SIZE_MISMATCH");
    const long = { ...blobOf(noise(70_000, 5)), size: 69_999 };
    expect(await codeOf(registry.putBlob(at, long))).toBe("REGISTRY_SIZE_MISMATCH");
    const blob = { mediaType: MediaType.ociLayerGzip, digest: lying.digest, size: 70_000 };
    expect(await codeOf(collect(registry.readBlob(at, blob)))).toBe("BLOB_UNKNOWN");
  });

  test("an aborted call rejects with the reason", async () => {
    const { registry, fresh } = open();
    const reason = new Error("enough");
    const { signal } = ((): AbortController => {
      const controller = new AbortController();
      controller.abort(reason);
      return controller;
    })();
    await expect(registry.resolve({ ...fresh(), tag: "x" }, { signal })).rejects.toBe(reason);
    await expect(registry.listTags(fresh(), { signal })).rejects.toBe(reason);
  });
}

async function putImage(registry: Registry, at: Repository, architecture: string, tag?: string) {
  const config = configJson(architecture);
  await registry.putBlob(at, blobOf(config));
  const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
  const ref = { ...at, ...(tag === undefined ? {} : { tag }) };
  return (await registry.putManifest(ref, bytes, MediaType.ociManifest)).digest;
}
