import { setMaxListeners } from "node:events";
import { afterEach, expect, it } from "vitest";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { cachedRegistry } from "../../src/edge/registry/cached-registry.ts";
import { createMemoryDigestCache } from "../../src/edge/registry/digest-cache.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { readRegistry } from "../../src/flow/inventory/read-registry.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import type { AuthOptions } from "../kit/memory-registry-auth.ts";

// As the program does: one signal for every request.
setMaxListeners(0);
const REPOSITORIES = Array.from({ length: 30 }, (_, index) => `demo/image-${index}`);
const TAGS = Array.from({ length: 10 }, (_, index) => `v${index}`);
const OPEN: AuthOptions = { kind: "none" };
const TOKENS: AuthOptions = { kind: "bearer", user: "me", password: "word", anonymousPull: true };

let server: MemoryRegistryServer;
afterEach(() => server.close());

/** The fewest requests that tell what every tag stands on: a token and a list each repository, a HEAD each tag. */
function lowerBound(tokens: boolean): number {
  return REPOSITORIES.length * (TAGS.length + 1 + (tokens ? 1 : 0));
}

it.each([
  { name: "without tokens", auth: OPEN },
  { name: "with a token for each repository", auth: TOKENS },
])("warm, $name: at most a twentieth over the lower bound", async ({ auth }) => {
  server = await startMemoryRegistry({ auth });
  for (const repository of REPOSITORIES) for (const tag of TAGS) push(repository, tag);
  const cache = createMemoryDigestCache();
  const bound = 1.05 * lowerBound(auth !== OPEN);
  await look(cache);
  // The canary: a first look reads configs too.
  expect(server.asked.length).toBeGreaterThan(bound);
  server.forget();
  const { repositories } = await look(cache);
  expect(server.asked.length).toBeLessThanOrEqual(bound);
  // As few as that, and all of it: every tag with its digest, as the registry has it.
  expect(repositories).toHaveLength(REPOSITORIES.length);
  for (const fact of repositories) {
    const found = fact.state === "read" ? fact.tags.map(({ tag, stored }) => [tag, stored?.digest]) : [];
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(server.store.repo(fact.repository).tags));
  }
  expect(server.kinds().filter((kind) => kind === "HEAD manifests").length).toBe(
    REPOSITORIES.length * TAGS.length,
  );
});

/** Each look is as that of a new process: a client that holds no token, and what the cache has. */
async function look(cache: ReturnType<typeof createMemoryDigestCache>) {
  const client = createHttpRegistry();
  try {
    return await readRegistry({
      registry: cachedRegistry(client, cache),
      host: server.host,
      namespace: "demo",
      repositories: REPOSITORIES,
      signal: new AbortController().signal,
    });
  } finally {
    client.close();
  }
}

/** No annotation says when it was made, so a first look reads the config as well. */
function push(repository: string, tag: string): void {
  const config = Buffer.from(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: [] },
      config: { Labels: { of: `${repository}:${tag}` } },
    }),
  );
  const digest = server.putBlob(repository, config);
  server.putManifest(repository, tag, {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest, size: config.length },
    layers: [],
  });
}
