import { afterEach, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { OciError } from "../../src/core/oci/error.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { fallbackTag } from "../../src/edge/registry/http/fallback-index.ts";
import {
  type MemoryRegistryOptions,
  type MemoryRegistryServer,
  startMemoryRegistry,
} from "../kit/memory-registry.ts";
import { on, replies, status } from "../kit/memory-registry-faults.ts";
import { json } from "../kit/memory-registry-store.ts";
import { client, codeOf, configJson, manifestOf } from "./kit.ts";

const servers: MemoryRegistryServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const CONFIG = configJson();
const SUBJECT = digestOf(JSON.stringify(manifestOf(CONFIG)));

async function serverWith(options: MemoryRegistryOptions = {}): Promise<MemoryRegistryServer> {
  const server = await startMemoryRegistry(options);
  servers.push(server);
  server.putBlob("app", CONFIG);
  server.putManifest("app", "v1", manifestOf(CONFIG));
  server.putManifest("app", "also", manifestOf(CONFIG));
  return server;
}

function signature(server: MemoryRegistryServer): {
  value: Record<string, unknown>;
  digest: string;
  size: number;
} {
  const subject = {
    mediaType: MediaType.ociManifest,
    digest: SUBJECT,
    size: JSON.stringify(manifestOf(CONFIG)).length,
  };
  const value = { ...manifestOf(CONFIG), artifactType: "application/x-signature", subject };
  return { value, digest: server.putManifest("app", undefined, value), size: JSON.stringify(value).length };
}

test("referrers by the API", async () => {
  const server = await serverWith();
  const signed = signature(server);
  const found = await client().registry.listReferrers({ host: server.host, repository: "app" }, SUBJECT);
  expect(found.map(({ digest, artifactType }) => [digest, artifactType])).toEqual([
    [signed.digest, "application/x-signature"],
  ]);
});

test("referrers by the fallback tag where there is no API; none is none", async () => {
  const server = await serverWith({ referrers: false });
  const at = { host: server.host, repository: "app" };
  expect(await client().registry.listReferrers(at, SUBJECT)).toEqual([]);
  const { digest, size } = signature(server);
  const manifests = [{ mediaType: MediaType.ociManifest, digest, size }];
  server.putManifest("app", fallbackTag(SUBJECT), {
    schemaVersion: 2,
    mediaType: MediaType.ociIndex,
    manifests,
  });
  expect((await client().registry.listReferrers(at, SUBJECT)).map((each) => each.digest)).toEqual([digest]);
});

test("who pushes a referrer keeps the list where the registry does not; others' entries stay", async () => {
  for (const referrers of [true, false]) {
    const server = await serverWith({ referrers });
    const { registry } = client();
    const at = { host: server.host, repository: "app" };
    const subject = { mediaType: MediaType.ociManifest, digest: SUBJECT, size: 1 };
    const put: string[] = [];
    for (const artifactType of ["application/x-one", "application/x-two"]) {
      const bytes = Buffer.from(JSON.stringify({ ...manifestOf(CONFIG), artifactType, subject }));
      // Twice: a repeated push adds nothing.
      await registry.putManifest(at, bytes, MediaType.ociManifest);
      put.push((await registry.putManifest(at, bytes, MediaType.ociManifest)).digest);
    }
    const found = await registry.listReferrers(at, SUBJECT);
    expect(found.map((each) => each.digest)).toEqual(put);
    expect(found.map((each) => each.artifactType)).toEqual(["application/x-one", "application/x-two"]);
    expect((await registry.listTags(at)).includes(fallbackTag(SUBJECT))).toBe(!referrers);
  }
});

test("an answer that is no index is not taken for none", async () => {
  const server = await serverWith();
  server.fault(replies({ when: on("GET", "/referrers/") }, json(200, { hello: 1 })));
  const at = { host: server.host, repository: "app" };
  expect(await codeOf(client().registry.listReferrers(at, SUBJECT))).toBe("REGISTRY_PROTOCOL");
  server.clearFaults();
  server.fault(status({ when: on("GET", "/referrers/") }, 403));
  expect(await codeOf(client().registry.listReferrers(at, SUBJECT))).toBe("REGISTRY_DENIED");
});

test("a tag alone is deleted, then the digest with all its tags; twice is no error", async () => {
  const server = await serverWith();
  const { registry } = client();
  const at = { host: server.host, repository: "app" };
  expect(await registry.deleteManifest({ ...at, tag: "v1" })).toBe(true);
  expect(await registry.listTags(at)).toEqual(["also"]);
  expect(await registry.deleteManifest({ ...at, tag: "v1" })).toBe(false);
  expect(await registry.deleteManifest({ ...at, digest: SUBJECT })).toBe(true);
  expect(await registry.deleteManifest({ ...at, digest: SUBJECT })).toBe(false);
  expect(await registry.listTags(at)).toEqual([]);
});

test("where a registry does not delete, that is said and nothing else is tried", async () => {
  for (const options of [{ deletes: false }, { tagDeletes: false }]) {
    const server = await serverWith(options);
    const ref = { host: server.host, repository: "app", tag: "v1" };
    expect(await codeOf(client().registry.deleteManifest(ref))).toBe("REGISTRY_UNSUPPORTED");
    expect(server.kinds()).toEqual(["DELETE manifests"]);
  }
});

test("a reference with a tag and a digest deletes nothing", async () => {
  const server = await serverWith();
  const ref = { host: server.host, repository: "app", tag: "v1", digest: SUBJECT };
  await expect(client().registry.deleteManifest(ref)).rejects.toBeInstanceOf(OciError);
  expect(server.asked).toEqual([]);
});

test("the catalog, in pages; one that does not tell is not empty", async () => {
  const server = await serverWith({ pageSize: 2 });
  for (let n = 0; n < 5; n++) server.store.repo(`ns/r${n}`);
  const all = await client().registry.listRepositories(server.host);
  expect(all).toEqual(["app", "ns/r0", "ns/r1", "ns/r2", "ns/r3", "ns/r4"]);
  const silent = await serverWith({ catalog: false });
  expect(await codeOf(client().registry.listRepositories(silent.host))).toBe("REGISTRY_UNSUPPORTED");
});

test("referrers by the fallback tag of a subject that is given as a whole reference", async () => {
  const server = await serverWith({ referrers: false });
  const at = { host: server.host, repository: "app", digest: SUBJECT };
  const { digest, size } = signature(server);
  const manifests = [{ mediaType: MediaType.ociManifest, digest, size }];
  server.putManifest("app", fallbackTag(SUBJECT), {
    schemaVersion: 2,
    mediaType: MediaType.ociIndex,
    manifests,
  });
  expect(await client().registry.listReferrers(at, SUBJECT)).toHaveLength(1);
});
