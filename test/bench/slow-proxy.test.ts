import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SlowProxy, startSlowProxy } from "../../bench/slow-proxy.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";

const DELAY_MS = 40;
const MANIFEST = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [] };

let server: MemoryRegistryServer;
let proxy: SlowProxy;

beforeEach(async () => {
  server = await startMemoryRegistry();
  server.putManifest("demo/web", "v1", MANIFEST);
  proxy = await startSlowProxy(server.host, DELAY_MS);
});
afterEach(async () => {
  proxy.close();
  await server.close();
});

async function ask(host: string, path: string, method = "GET") {
  const begun = performance.now();
  const answer = await fetch(`http://${host}/v2/${path}`, { method });
  const body = await answer.text();
  const { status, headers } = answer;
  return { status, body, digest: headers.get("docker-content-digest"), ms: performance.now() - begun };
}

describe("the slow proxy", () => {
  it("gives the registry's own answers", async () => {
    for (const [path, method] of [
      ["demo/web/manifests/v1", "HEAD"],
      ["demo/web/manifests/v1", "GET"],
      ["demo/web/tags/list", "GET"],
      ["demo/none/tags/list", "GET"],
    ] as const) {
      const { ms: _here, ...there } = await ask(server.host, path, method);
      expect(await ask(proxy.host, path, method)).toMatchObject(there);
    }
  });

  it("holds each back, and many at once", async () => {
    await ask(proxy.host, "");
    const begun = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => ask(proxy.host, "demo/web/tags/list")),
    );
    // A timer may fire a little early.
    expect(Math.min(...answers.map(({ ms }) => ms))).toBeGreaterThan(DELAY_MS - 2);
    expect(performance.now() - begun).toBeLessThan(100 * DELAY_MS);
  });

  it("counts by kind, from where it was told to", async () => {
    await ask(proxy.host, "");
    proxy.forget();
    await ask(proxy.host, "demo/web/tags/list");
    await ask(proxy.host, "demo/web/manifests/v1", "HEAD");
    await ask(proxy.host, "_catalog");
    expect(proxy.kinds()).toEqual(["GET tags", "HEAD manifests", "GET _catalog"]);
  });

  it("cuts where the registry does", async () => {
    await server.close();
    await expect(ask(proxy.host, "")).rejects.toThrow("fetch failed");
    server = await startMemoryRegistry();
  });
});
