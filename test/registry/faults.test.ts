import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import type { ImageRef } from "../../src/core/oci/reference.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import * as faults from "../kit/memory-registry-faults.ts";
import { on } from "../kit/memory-registry-faults.ts";
import { failure } from "../kit/memory-registry-store.ts";
import { blobOf, client, codeOf, collect, configJson, manifestOf, noise } from "./kit.ts";

let server: MemoryRegistryServer;
let ref: ImageRef;
let blob: Descriptor;
const LAYER = noise(400_000);

beforeEach(async () => {
  server = await startMemoryRegistry();
  ref = { host: server.host, repository: "app", tag: "v1" };
  const config = configJson();
  server.putBlob("app", config);
  server.putBlob("app", LAYER);
  server.putManifest("app", "v1", manifestOf(config, [LAYER]));
  blob = { mediaType: MediaType.ociLayerGzip, digest: digestOf(LAYER), size: LAYER.length };
});
afterEach(() => server.close());

const GET_MANIFEST = { when: on("GET", "/manifests/") };
const HEAD_MANIFEST = { when: on("HEAD", "/manifests/") };
const GET_BLOB = { when: on("GET", "/blobs/") };

describe("what passes is waited for, in one layer and in bounds", () => {
  test.each([
    ["seconds", "2", 2000],
    ["an HTTP date", "Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
  ])("429 with Retry-After in %s", async (_, value, waits) => {
    server.fault(faults.status({ ...HEAD_MANIFEST, times: 1 }, 429, { "retry-after": value }));
    const { registry, time } = client();
    expect(await registry.resolve(ref)).toBeDefined();
    expect(time.slept).toEqual([waits]);
  });

  test("429 without Retry-After, and 500, 502, 503, 504: backed off, with jitter", async () => {
    for (const status of [429, 500, 502, 503, 504]) {
      server.fault(faults.status({ ...HEAD_MANIFEST, times: 2 }, status));
      const { registry, time } = client();
      expect(await registry.resolve(ref)).toBeDefined();
      expect(time.slept).toEqual([150, 300]);
    }
  });

  test("a Go duration in the error text is a Retry-After", async () => {
    const text = "retry-after: 1.5s, allowed: 2000/minute";
    const reply = {
      status: 429,
      headers: {},
      body: Buffer.from(JSON.stringify({ errors: [{ code: "TOOMANYREQUESTS", message: text }] })),
    };
    server.fault(faults.replies({ ...GET_MANIFEST, times: 1 }, reply));
    const { registry, time } = client();
    expect(await registry.readManifest(ref)).toBeDefined();
    expect(time.slept).toEqual([1500]);
  });

  test("a registry that wants a day is given up at once", async () => {
    server.fault(faults.status(HEAD_MANIFEST, 429, { "retry-after": "86400" }));
    const { registry, time } = client();
    await expect(registry.resolve(ref)).rejects.toMatchObject({
      code: "REGISTRY_RATE_LIMITED",
      retryAfterMs: 86_400_000,
    });
    expect(time.slept).toEqual([]);
  });

  test("503 for ever ends after five tries", async () => {
    server.fault(faults.status(HEAD_MANIFEST, 503));
    const { registry } = client();
    expect(await codeOf(registry.resolve(ref))).toBe("REGISTRY_UNAVAILABLE");
    expect(server.asked).toHaveLength(5);
  });

  test("what does not say that it passes is asked once", async () => {
    for (const [status, code] of [
      [400, "REGISTRY_REFUSED"],
      [403, "REGISTRY_DENIED"],
      [501, "REGISTRY_UNAVAILABLE"],
      [302, "REGISTRY_PROTOCOL"],
    ] as const) {
      server.clearFaults();
      server.forget();
      server.fault(faults.status(HEAD_MANIFEST, status));
      const { registry, time } = client();
      expect(await codeOf(registry.resolve(ref))).toBe(code);
      expect([server.asked.length, time.slept.length]).toEqual([1, 0]);
    }
  });

  test("a connection that is cut before the answer is tried again; a closed idle one at once", async () => {
    const { registry, time } = client();
    server.fault(faults.cutBefore({ ...HEAD_MANIFEST, times: 1 }));
    expect(await registry.resolve(ref)).toBeDefined();
    expect(time.slept).toHaveLength(1);
    server.fault(faults.closesAfter({ ...HEAD_MANIFEST, times: 1 }));
    expect(await registry.resolve(ref)).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await registry.resolve(ref)).toBeDefined();
    expect(time.slept).toHaveLength(1);
  });

  test("a manifest that was accepted while the connection broke is put again", async () => {
    const bytes = Buffer.from(JSON.stringify(manifestOf(configJson())));
    server.fault(faults.cutAfter({ when: on("PUT", "/manifests/"), times: 1 }));
    const { registry } = client();
    await registry.putManifest({ ...ref, tag: "v2" }, bytes, MediaType.ociManifest);
    expect((await registry.resolve({ ...ref, tag: "v2" }))?.digest).toBe(digestOf(bytes));
  });
});

describe("what lies is never believed", () => {
  test("a manifest whose bytes do not hash to the digest that was asked for, or that is stated", async () => {
    const { digest } = (await client().registry.resolve(ref))!;
    server.fault(faults.flipped(GET_MANIFEST));
    const { registry } = client();
    expect(await codeOf(registry.readManifest(ref))).toBe("REGISTRY_DIGEST_MISMATCH");
    expect(await codeOf(registry.readManifest({ ...ref, digest }))).toBe("REGISTRY_DIGEST_MISMATCH");
  });

  test("a stated digest that is another than the one asked for", async () => {
    const { digest } = (await client().registry.resolve(ref))!;
    server.fault(faults.header({ when: on("HEAD", "/") }, "docker-content-digest", digestOf("other")));
    expect(await codeOf(client().registry.resolve({ ...ref, digest }))).toBe("REGISTRY_DIGEST_MISMATCH");
  });

  test("a PUT that is stored under another digest", async () => {
    server.fault(faults.header({ when: on("PUT", "/") }, "docker-content-digest", digestOf("other")));
    const bytes = Buffer.from(JSON.stringify(manifestOf(configJson())));
    const put = client().registry.putManifest({ ...ref, tag: "v2" }, bytes, MediaType.ociManifest);
    expect(await codeOf(put)).toBe("REGISTRY_DIGEST_MISMATCH");
  });

  test("a type that is not the body's own", async () => {
    server.fault(faults.header(GET_MANIFEST, "content-type", MediaType.ociIndex));
    expect(await codeOf(client().registry.readManifest(ref))).toBe("REGISTRY_PROTOCOL");
  });

  test("parameters of the type do not matter", async () => {
    server.fault(faults.header(GET_MANIFEST, "content-type", `${MediaType.ociManifest}; charset=utf-8`));
    expect(await client().registry.readManifest(ref)).toBeDefined();
  });

  test("a login page with 200", async () => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: Buffer.from("<html>") };
    server.fault(faults.replies({ when: faults.anything }, page));
    const { registry } = client();
    expect(await codeOf(registry.resolve(ref))).toBe("REGISTRY_PROTOCOL");
    expect(await codeOf(registry.readManifest(ref))).toBe("REGISTRY_PROTOCOL");
    expect(await codeOf(registry.listTags(ref))).toBe("REGISTRY_PROTOCOL");
    expect(await codeOf(collect(registry.readBlob(ref, blob)))).toBe("REGISTRY_SIZE_MISMATCH");
  });

  test("a manifest above 4 MiB, said or not said beforehand", async () => {
    server.fault(faults.header({ ...GET_MANIFEST, times: 1 }, "content-length", String(5 * 1024 * 1024)));
    expect(await codeOf(client().registry.readManifest(ref))).toBe("REGISTRY_TOO_LARGE");
    server.fault(faults.endless(GET_MANIFEST));
    expect(await codeOf(client().registry.readManifest(ref))).toBe("REGISTRY_TOO_LARGE");
  });

  test("an error text without end does not matter", async () => {
    server.fault({ ...faults.endless(GET_MANIFEST), change: (reply) => ({ ...reply, status: 400 }) });
    expect(await codeOf(client().registry.readManifest(ref))).toBe("REGISTRY_REFUSED");
  });

  test("the digest header is missing, or HEAD is not done: the bytes say it", async () => {
    const known = await client().registry.resolve(ref);
    server.fault(faults.header({ when: on("*", "/manifests/") }, "docker-content-digest", ""));
    expect(await client().registry.resolve(ref)).toEqual(known);
    server.clearFaults();
    server.fault(faults.status(HEAD_MANIFEST, 405));
    expect(await client().registry.resolve(ref)).toEqual(known);
  });
});

describe("blobs while they stream", () => {
  test.each([0, 0.25, 0.5, 0.75, 1])("cut after %d of the body: resumed, nothing twice", async (share) => {
    server.fault(faults.cutBody({ ...GET_BLOB, times: 1 }, share === 1 ? 0.99999 : share));
    const { registry } = client();
    expect((await collect(registry.readBlob(ref, blob))).equals(LAYER)).toBe(true);
    const ranges = server.asked.map(({ headers }) => headers["range"]);
    expect(ranges).toHaveLength(2);
    // Without a byte there is nothing to go on from.
    expect(/^bytes=[1-9]\d*-$/.test(ranges[1]?.toString() ?? "")).toBe(share > 0);
  });

  test("cut in a chunked body, by a server that ignores Range", async () => {
    server.fault(faults.cutChunked({ ...GET_BLOB, times: 2 }, 0.5));
    server.fault({ ...GET_BLOB, change: (reply) => ({ ...reply, status: 200, body: LAYER }) });
    const { registry } = client();
    expect((await collect(registry.readBlob(ref, blob))).equals(LAYER)).toBe(true);
  });

  test("a 206 that starts elsewhere is refused", async () => {
    server.fault(faults.cutBody({ ...GET_BLOB, times: 1 }, 0.5));
    server.fault(faults.header({ ...GET_BLOB }, "content-range", "bytes 399999-399999/400000"));
    expect(await codeOf(collect(client().registry.readBlob(ref, blob)))).toBe("REGISTRY_PROTOCOL");
  });

  test("a cut that happens again and again ends", async () => {
    server.fault(faults.cutBody(GET_BLOB, 0));
    expect(await codeOf(collect(client().registry.readBlob(ref, blob)))).toBe("REGISTRY_UNREACHABLE");
    expect(server.asked.length).toBeLessThanOrEqual(5);
  });

  test("another byte, too few, too many", async () => {
    server.fault(faults.flipped({ ...GET_BLOB, times: 1 }));
    expect(await codeOf(collect(client().registry.readBlob(ref, blob)))).toBe("REGISTRY_DIGEST_MISMATCH");
    server.fault(faults.shortened({ ...GET_BLOB, times: 1 }, 0.5));
    expect(await codeOf(collect(client().registry.readBlob(ref, blob)))).toBe("REGISTRY_SIZE_MISMATCH");
    server.fault(faults.endless({ ...GET_BLOB, times: 1 }));
    expect(await codeOf(collect(client().registry.readBlob(ref, blob)))).toBe("REGISTRY_SIZE_MISMATCH");
  });

  test("a reader that stops early frees the connection", async () => {
    const { registry } = client();
    for await (const part of registry.readBlob(ref, blob)) {
      expect(part.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(await registry.resolve(ref)).toBeDefined();
  });

  test("cancelled in the middle: the reason comes out", async () => {
    server.fault(faults.trickle(GET_BLOB, 5));
    const controller = new AbortController();
    const reason = new Error("enough");
    const reading = collect(client().registry.readBlob(ref, blob, { signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 30);
    await expect(reading).rejects.toBe(reason);
  });
});

describe("uploads", () => {
  const bytes = noise(300_000, 9);
  const at = () => ({ host: server.host, repository: "app" });
  const arrived = () => server.store.repo("app").blobs.get(digestOf(bytes))?.equals(bytes) ?? false;

  test.each([
    ["the HEAD", on("HEAD", "/blobs/")],
    ["the POST", on("POST", "/blobs/uploads")],
    ["the PUT", on("PUT", "/blobs/uploads")],
  ])("%s is cut once, before and after it was done", async (_, when) => {
    for (const fault of [faults.cutBefore({ when, times: 1 }), faults.cutAfter({ when, times: 1 })]) {
      server.store.repo("app").blobs.delete(digestOf(bytes));
      server.fault(fault);
      await client().registry.putBlob(at(), blobOf(bytes));
      expect(arrived()).toBe(true);
    }
  });

  test.each([0.25, 0.5, 0.75])("cut when %d of the body were sent", async (share) => {
    server.fault({
      when: on("PUT", "/blobs/uploads"),
      times: 1,
      cutRequestAfter: Math.floor(bytes.length * share),
    });
    await client().registry.putBlob(at(), blobOf(bytes));
    expect(arrived()).toBe(true);
  });

  test("429 and 503 at the PUT are waited for", async () => {
    server.fault(faults.status({ when: on("PUT", "/blobs/uploads"), times: 1 }, 429, { "retry-after": "3" }));
    const { registry, time } = client();
    await registry.putBlob(at(), blobOf(bytes));
    expect(time.slept).toEqual([3000]);
    expect(arrived()).toBe(true);
  });

  test("an upload place on another origin is sent to without the login; without TLS elsewhere it is refused", async () => {
    server.fault(faults.header({ when: on("POST", "/"), times: 1 }, "location", "http://example.test/up"));
    expect(await codeOf(client().registry.putBlob(at(), blobOf(bytes)))).toBe("REGISTRY_INSECURE");
    server.fault(faults.header({ when: on("POST", "/"), times: 1 }, "location", "http://user@127.0.0.1/up"));
    expect(await codeOf(client().registry.putBlob(at(), blobOf(bytes)))).toBe("REGISTRY_PROTOCOL");
  });

  test("a no in the middle of the body ends the sending", async () => {
    const big = blobOf(noise(30_000_000), 1_000_000);
    let read = 0;
    const counted = {
      ...big,
      async *open() {
        for await (const part of big.open()) {
          read += part.byteLength;
          yield part;
        }
      },
    };
    const early = failure(413, "SIZE_INVALID");
    server.fault({ when: on("PUT", "/blobs/uploads"), early });
    expect(await codeOf(client().registry.putBlob(at(), counted))).toBe("REGISTRY_REFUSED");
    expect(read).toBeLessThan(25_000_000);
  });

  test("after a cut only the rest is sent, where the registry kept what came", async () => {
    server.fault({ when: on("PUT", "/blobs/uploads"), times: 1, cutRequestAfter: 200_000 });
    await client().registry.putBlob(at(), blobOf(bytes));
    const rest = server.asked.find(({ method }) => method === "PATCH");
    expect(rest?.headers["content-range"]).toBe("200000-299999");
    expect(arrived()).toBe(true);
  });

  test.each([1, 99_999, 100_000, 150_001, 300_000])(
    "in pieces of %d bytes, read once",
    async (pieceBytes) => {
      const small = bytes.subarray(0, pieceBytes === 1 ? 20 : bytes.length);
      const source = blobOf(small);
      await client({ pieceBytes }).registry.putBlob(at(), source);
      expect(server.store.repo("app").blobs.get(source.digest)?.equals(small)).toBe(true);
      const patches = server.asked.filter(({ method }) => method === "PATCH").map(({ body }) => body.length);
      const whole = small.length <= pieceBytes;
      expect(patches).toHaveLength(whole ? 0 : Math.ceil(small.length / pieceBytes));
      expect(source.opened).toBe(1);
    },
  );

  test("a cut among the pieces costs one piece; a session that is gone costs a new one", async () => {
    const pieces = (): number => server.asked.filter(({ method }) => method === "PATCH").length;
    server.fault({
      ...faults.cutBefore({ when: (asked) => asked.method === "PATCH" && pieces() === 3, times: 1 }),
    });
    await client({ pieceBytes: 50_000 }).registry.putBlob(at(), blobOf(bytes));
    expect([arrived(), pieces()]).toEqual([true, 7]);
    server.store.repo("app").blobs.delete(digestOf(bytes));
    server.forget();
    server.fault(
      faults.status({ when: (asked) => asked.method === "PATCH" && pieces() === 3, times: 1 }, 404),
    );
    await client({ pieceBytes: 50_000 }).registry.putBlob(at(), blobOf(bytes));
    expect([arrived(), pieces()]).toEqual([true, 9]);
    server.store.repo("app").blobs.delete(digestOf(bytes));
    server.fault(
      faults.status(
        { when: (asked) => asked.headers["content-range"]?.toString().startsWith("50000-") === true },
        404,
      ),
    );
    expect(await codeOf(client({ pieceBytes: 50_000 }).registry.putBlob(at(), blobOf(bytes)))).toBe(
      "REPOSITORY_UNKNOWN",
    );
  });

  test("a failing source ends the upload with its own error", async () => {
    const broken = {
      ...blobOf(bytes),
      async *open() {
        yield await Promise.resolve(bytes.subarray(0, 1000));
        throw new TypeError("the disk is gone");
      },
    };
    await expect(client().registry.putBlob(at(), broken)).rejects.toThrow(TypeError);
    expect(arrived()).toBe(false);
  });
});

describe("time limits", () => {
  const timeouts = { connectMs: 200, headersMs: 100, idleMs: 100 };
  test("silence, and a body that stops", async () => {
    server.fault(faults.silence(HEAD_MANIFEST));
    expect(await codeOf(client({ timeouts }).registry.resolve(ref))).toBe("REGISTRY_UNREACHABLE");
    server.fault(faults.trickle({ ...GET_MANIFEST }, 500));
    expect(await codeOf(client({ timeouts }).registry.readManifest(ref))).toBe("REGISTRY_UNREACHABLE");
  });
});

describe("redirects", () => {
  test("a loop ends, and none leads away from TLS rules", async () => {
    server.fault(faults.redirects(HEAD_MANIFEST, (asked) => asked.url.href));
    expect(await codeOf(client().registry.resolve(ref))).toBe("REGISTRY_PROTOCOL");
    server.clearFaults();
    server.fault(faults.redirects(HEAD_MANIFEST, "http://example.test/x"));
    expect(await codeOf(client().registry.resolve(ref))).toBe("REGISTRY_INSECURE");
  });
});
