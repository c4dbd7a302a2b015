import { afterEach, beforeEach, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { endpointOf, mirrorsOf } from "../../src/edge/registry/http/endpoint.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { cutBefore, on, status } from "../kit/memory-registry-faults.ts";
import { client, codeOf, collect, configJson, manifestOf, noise } from "./kit.ts";

let own: MemoryRegistryServer;
let mirror: MemoryRegistryServer;
const CONFIG = configJson();
const OLD = configJson("arm64");
const LAYER = noise(10_000);

beforeEach(async () => {
  own = await startMemoryRegistry();
  mirror = await startMemoryRegistry();
  own.putBlob("app", CONFIG);
  own.putBlob("app", LAYER);
  own.putManifest("app", "v1", manifestOf(CONFIG));
  mirror.putBlob("hub/app", LAYER);
  mirror.putManifest("hub/app", undefined, manifestOf(CONFIG));
  mirror.putManifest("hub/app", "v1", manifestOf(OLD));
});
afterEach(() => Promise.all([own.close(), mirror.close()]));

const DIGEST = digestOf(JSON.stringify(manifestOf(CONFIG)));
const withMirror = () => client({ mirrors: { [own.host]: [`${mirror.host}/hub`] } }).registry;

test("by digest the mirror is asked first, and its word is proven", async () => {
  const ref = { host: own.host, repository: "app", digest: DIGEST };
  expect((await withMirror().readManifest(ref))?.descriptor.digest).toBe(DIGEST);
  expect([own.asked.length, mirror.asked.length]).toEqual([0, 1]);
  const blob = { mediaType: MediaType.ociLayerGzip, digest: digestOf(LAYER), size: LAYER.length };
  expect((await collect(withMirror().readBlob(ref, blob))).equals(LAYER)).toBe(true);
  expect(own.asked).toHaveLength(0);
});

test("a mirror that lacks it, lies or fails is passed over", async () => {
  const ref = { host: own.host, repository: "app", digest: DIGEST };
  for (const fault of [
    status({ when: on("*", "/") }, 404),
    status({ when: on("*", "/") }, 401),
    cutBefore({ when: on("*", "/") }),
    {
      when: on("*", "/"),
      change: (reply: { status: number; headers: Readonly<Record<string, string>>; body: Buffer }) => ({
        ...reply,
        body: Buffer.from("{}"),
      }),
    },
  ]) {
    mirror.clearFaults();
    mirror.fault(fault);
    expect((await withMirror().readManifest(ref))?.descriptor.digest).toBe(DIGEST);
  }
});

test("what a tag means is the registry's own word; the mirror is asked only when it is out of reach", async () => {
  const ref = { host: own.host, repository: "app", tag: "v1" };
  expect((await withMirror().resolve(ref))?.digest).toBe(DIGEST);
  expect(mirror.asked).toHaveLength(0);
  expect(await withMirror().resolve({ ...ref, tag: "none" })).toBeUndefined();
  expect(mirror.asked).toHaveLength(0);
  own.fault(status({ when: on("*", "/") }, 503));
  expect((await withMirror().resolve(ref))?.digest).toBe(digestOf(JSON.stringify(manifestOf(OLD))));
  expect(await codeOf(withMirror().resolve({ ...ref, tag: "none" }))).toBe("REGISTRY_UNAVAILABLE");
});

test("nothing is written to a mirror", async () => {
  await withMirror().putManifest(
    { host: own.host, repository: "app", tag: "v2" },
    Buffer.from(JSON.stringify(manifestOf(CONFIG))),
    MediaType.ociManifest,
  );
  expect(mirror.asked).toHaveLength(0);
});

test.each([
  ["127.0.0.1:5000", "http://127.0.0.1:5000/v2/"],
  ["localhost", "http://localhost/v2/"],
  ["[::1]:5000", "http://[::1]:5000/v2/"],
  ["registry.test:5000", "https://registry.test:5000/v2/"],
  ["plain.test", "http://plain.test/v2/"],
  ["plain.test:81", "https://plain.test:81/v2/"],
  ["localhost.evil.test", "https://localhost.evil.test/v2/"],
  ["127.0.0.1.evil.test", "https://127.0.0.1.evil.test/v2/"],
  ["docker.io", "https://registry-1.docker.io/v2/"],
])("%s is spoken to at %s", (host, url) => {
  expect(endpointOf(host, { insecure: ["plain.test"] }).base.href).toBe(url);
});

test("a mirror's path stands before the repository", () => {
  const [endpoint] = mirrorsOf("docker.io", { mirrors: { "docker.io": ["mirror.test/hub/"] } });
  expect([endpoint?.base.href, endpoint?.prefix]).toEqual(["https://mirror.test/v2/", "hub/"]);
});
