import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createLayoutRegistry } from "../../src/edge/registry/layout.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import { conformance } from "./conformance.ts";
import { blobOf, codeOf, collect, configJson, manifestOf, noise } from "./kit.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapstrake-layout-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("as a layout folder", () => {
  let registry: Registry;
  let count = 0;
  beforeAll(() => {
    registry = createLayoutRegistry(join(folder, "suite"));
  });
  // Each case has bytes of its own, since all repositories of a layout share their blobs.
  conformance(() => ({ registry, fresh: () => ({ host: "any.example", repository: `r${count++}` }) }));

  test("no half-written file is left", async () => {
    expect((await readdir(join(folder, "suite"))).sort()).toEqual(["blobs", "index.json", "oci-layout"]);
  });
});

test("twenty tags put at once are all there", async () => {
  const registry = createLayoutRegistry(join(folder, "parallel"));
  const at = { host: "any.example", repository: "app" };
  const config = configJson();
  await registry.putBlob(at, blobOf(config));
  const bytes = Buffer.from(JSON.stringify(manifestOf(config)));
  const tags = Array.from({ length: 20 }, (_, n) => `t${n}`);
  await Promise.all(tags.map((tag) => registry.putManifest({ ...at, tag }, bytes, MediaType.ociManifest)));
  expect([...(await registry.listTags(at))].sort()).toEqual([...tags].sort());
});

test("a blob that changed on disk is noticed", async () => {
  const registry = createLayoutRegistry(join(folder, "broken"));
  const at = { host: "any.example", repository: "app" };
  const blob = blobOf(noise(1000));
  await registry.putBlob(at, blob);
  await writeFile(join(folder, "broken/blobs/sha256", blob.digest.slice(7)), noise(1000, 2));
  const descriptor = { mediaType: MediaType.ociLayerGzip, digest: blob.digest, size: 1000 };
  expect(await codeOf(collect(registry.readBlob(at, descriptor)))).toBe("REGISTRY_DIGEST_MISMATCH");
});

test("a folder that is no layout is refused; an index that is none, too", async () => {
  const path = join(folder, "suite");
  await writeFile(join(path, "oci-layout"), "{}");
  expect(await codeOf(createLayoutRegistry(path).ping("any.example"))).toBe("REGISTRY_PROTOCOL");
  expect(await readFile(join(path, "oci-layout"), "utf8")).toBe("{}");
  await writeFile(join(path, "index.json"), '{"schemaVersion":2,"layers":[]}');
  const ref = { host: "any.example", repository: "app", tag: "x" };
  expect(await codeOf(createLayoutRegistry(path).resolve(ref))).toBe("REGISTRY_PROTOCOL");
});
