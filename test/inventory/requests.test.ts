import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Inventory } from "../../src/core/inventory/inventory.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { Engine } from "../../src/edge/engine/port.ts";
import { openDigestCache } from "../../src/edge/registry/digest-cache-folder.ts";
import { createHttpRegistry, type HttpRegistry } from "../../src/edge/registry/http/client.ts";
import { inventoryLook } from "../../src/edge/registry/registry-look.ts";
import { inventory } from "../../src/flow/inventory/inventory.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { filesAt } from "../kit/sample-fleet.ts";
import { createTestMachine, LOCAL_ENGINE, type TestMachine } from "../kit/world.ts";

const IMAGES = ["base", "web", "cpu", "api"];
const TAG = "20260304-abcdef0";

let server: MemoryRegistryServer;
let client: HttpRegistry;
let folder: string;
let machine: TestMachine;

beforeEach(async () => {
  server = await startMemoryRegistry();
  client = createHttpRegistry({ retry: { tries: 1, firstWaitMs: 1, totalWaitMs: 1 } });
  folder = mkdtempSync(join(tmpdir(), "lap-inventory-"));
  machine = await createTestMachine({ files: filesAt(server.host) });
  machine.engines.set(LOCAL_ENGINE, createMemoryEngine());
});
afterEach(async () => {
  client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

describe("the registry is asked", () => {
  it("cold: once for each list, tag and config; warm: lists and HEADs only", async () => {
    await release();
    server.forget();
    const cold = await look();
    // A list each of releases and of the images, and the catalog; a GET for each tag, and a config for each image.
    expect(count()).toEqual({ "GET _catalog": 1, "GET tags": 5, "GET manifests": 8, "GET blobs": 4 });
    server.forget();
    const warm = await look();
    expect(count()).toEqual({ "GET _catalog": 1, "GET tags": 5, "HEAD manifests": 8 });
    expect(warm).toEqual(cold);
    expect(warm.rows.filter(({ drift }) => drift !== "in-step")).toEqual([]);
  });

  it("warm, and a tag has moved: one GET more, and the truth", async () => {
    await release();
    await look();
    const moved = push("web", "another");
    server.store.repo("demo/web").tags.set(TAG, moved);
    server.forget();
    const taken = await look();
    expect(count()).toMatchObject({ "HEAD manifests": 8, "GET manifests": 1 });
    expect(rowOf(taken, "web")).toMatchObject({ drift: "diverged", registry: { digest: moved } });
  });

  it("a damaged entry of the cache is noticed and replaced", async () => {
    const digest = await release();
    await look();
    const path = join(folder, digest.slice(7, 9), digest.slice(7));
    const size = statSync(path).size;
    writeFileSync(path, "x".repeat(size));
    server.forget();
    const taken = await look();
    expect(count()).toMatchObject({ "GET manifests": 1 });
    expect(taken.drifted).toBe(false);
    server.forget();
    await look();
    expect(count()["GET manifests"]).toBeUndefined();
  });

  it("a damaged list of seen tags costs requests, not truth", async () => {
    await release();
    await look();
    writeFileSync(join(folder, "tags.json"), '{"no": "list"}');
    expect((await look()).drifted).toBe(false);
  });

  it("a cache that cannot be written is no error", async () => {
    await release();
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    expect((await look({ folder: join(file, "below") })).drifted).toBe(false);
    expect(readdirSync(folder)).toEqual(["a-file"]);
  });

  it("about parts of an index each time, since one may be gone", async () => {
    await release();
    const child = push("web", "a part");
    const { size } = { size: server.store.repo("demo/web").manifests.get(child)?.bytes.length ?? 0 };
    const index = server.putManifest("demo/web", TAG, {
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: [{ mediaType: MediaType.ociManifest, digest: child, size }],
    });
    expect(rowOf(await look(), "web").platforms).toMatchObject([{ digest: child, lost: false }]);
    server.store.repo("demo/web").manifests.delete(child);
    const taken = await look();
    expect(rowOf(taken, "web")).toMatchObject({ registry: { digest: index }, platforms: [{ lost: true }] });
  });
});

describe("what does not answer is unknown", () => {
  it("a repository", async () => {
    await release();
    server.fault({
      when: ({ url }) => url.pathname.includes("/demo/web/"),
      instead: () => ({ status: 500, headers: {}, body: Buffer.alloc(0) }),
    });
    const taken = await look();
    expect(rowOf(taken, "web").drift).toBe("unknown");
    expect(rowOf(taken, "api").drift).toBe("in-step");
    expect(taken).toMatchObject({ drifted: false, uncertain: true });
  });

  it("the whole registry; the release comes from the ledger", async () => {
    await release();
    server.fault({ when: () => true, instead: () => "cut" });
    const taken = await look();
    expect(taken.release).toBe(TAG);
    expect(taken.rows.map(({ drift }) => drift)).toEqual(IMAGES.map(() => "unknown"));
    expect(machine.events).toContainEqual(expect.objectContaining({ type: "note", level: "warning" }));
  });

  it("an engine", async () => {
    await release();
    machine.engines.clear();
    const taken = await look();
    expect(taken.rows.filter(({ current }) => current).map(({ drift }) => drift)).toEqual(
      IMAGES.map(() => "unknown"),
    );
    expect(taken.engines).toMatchObject([{ name: "local", state: "unknown" }]);
  });

  it("but an address that is none is a mistake", async () => {
    await release();
    await expect(look({ engines: ["pc9"] })).resolves.toMatchObject({ engines: [{ state: "unknown" }] });
    const { connectEngine } = await import("../../src/edge/engine/connect-engine.ts");
    await expect(
      inventory(
        {
          ...worldOf(await openDigestCache(folder)),
          engineAt: (address) => connectEngine(address, { env: {}, home: folder }),
        },
        { engines: ["pc9"], since: undefined },
      ),
    ).rejects.toMatchObject({ code: "ENGINE_ADDRESS" });
  });
});

it("an engine is asked at most three times", async () => {
  await release();
  const asked: string[] = [];
  machine.engines.set(LOCAL_ENGINE, counted(createMemoryEngine(), asked));
  await look();
  expect(asked.toSorted()).toEqual(["listContainers", "listImages"]);
});

it("a release to compare with that nobody knows is an error", async () => {
  await release();
  await expect(look({ since: "20200101-0000000" })).rejects.toMatchObject({ code: "RELEASE_UNKNOWN" });
});

/** Puts all images under TAG and a content name, and records that in the ledger; gives the digest of `web`. */
async function release(): Promise<string> {
  const digests = new Map(IMAGES.map((name) => [name, push(name, name)]));
  const images = [...digests].map(([name, digest]) => ({
    name,
    repository: `demo/${name}`,
    // The server gives digests as text.
    identity: digest as never,
    digest: digest as never,
    kind: "built" as const,
  }));
  await machine.state.ledger.append("release", {
    tag: TAG,
    sha: null,
    dirty: false,
    partial: false,
    images,
    unavailable: [],
    gates: [],
    artifact: null,
  });
  return digests.get("web") ?? "";
}

/** An image of one config and one layer; without annotations, so that its dates are in the config. */
function push(name: string, word: string): string {
  const repository = `demo/${name}`;
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      created: "2026-03-04T00:00:00Z",
      rootfs: { type: "layers", diff_ids: [] },
      history: [],
      word,
    }),
  );
  const layer = Buffer.from(`layer of ${word}`);
  const digest = server.putManifest(repository, undefined, {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: {
      mediaType: MediaType.ociConfig,
      digest: server.putBlob(repository, config),
      size: config.length,
    },
    layers: [
      { mediaType: MediaType.ociLayerGzip, digest: server.putBlob(repository, layer), size: layer.length },
    ],
  });
  if (word === name) {
    const { tags } = server.store.repo(repository);
    tags.set(TAG, digest);
    tags.set(`in-${digest.slice("sha256:".length)}`, digest);
  }
  return digest;
}

/** Each look is as that of a new process: what is known comes from the folder. */
async function look({
  engines = [],
  since,
  folder: at = folder,
}: {
  engines?: readonly string[];
  since?: string;
  folder?: string;
} = {}): Promise<Inventory> {
  return inventory(worldOf(await openDigestCache(at)), { engines, since });
}

function worldOf(cache: Awaited<ReturnType<typeof openDigestCache>>) {
  return {
    ...machine.world(),
    registryLook: async () => inventoryLook({ registry: client, cache, packages: () => undefined }, () => {}),
  };
}

function count(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of server.kinds()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function counted(engine: Engine, asked: string[]): Engine {
  return {
    ...engine,
    listImages: (options) => {
      asked.push("listImages");
      return engine.listImages(options);
    },
    listContainers: (options) => {
      asked.push("listContainers");
      return engine.listContainers(options);
    },
    info: () => Promise.reject(new Error("not needed")),
    version: () => Promise.reject(new Error("not needed")),
  };
}

function rowOf(taken: Inventory, name: string) {
  const row = taken.rows.find((each) => each.image === name && each.current);
  if (row === undefined) throw new Error(`no row of ${name}`);
  return row;
}
