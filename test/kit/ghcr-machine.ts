import { setMaxListeners } from "node:events";
import { Secret } from "../../src/core/base/secret.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { CredentialSource } from "../../src/edge/registry/credentials/credential.ts";
import { createPackageHosts, type PackageHosts } from "../../src/edge/registry/github/package-hosts.ts";
import { createMemoryPageCache, type PageCache } from "../../src/edge/registry/github/page-cache.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { DEFAULT_TIMEOUTS } from "../../src/edge/registry/http/exchange.ts";
import { createTransport } from "../../src/edge/registry/http/transport.ts";
import { createMemoryRegistry, type MemoryRegistry } from "../../src/edge/registry/memory.ts";
import type { MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { type FakeTime, fakeTime } from "../registry/kit.ts";
import { packagesOf, type StorePackages } from "./github-packages.ts";
import { type GithubRest, type GithubRestOptions, startGithubRest } from "./github-rest.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "./memory-registry.ts";
import { HOST, NAMESPACE, sampleFiles } from "./sample-fleet.ts";
import { createTestMachine, LOCAL_ENGINE, type TestMachine } from "./world.ts";

// As the program does: one signal for every request.
setMaxListeners(0);

const USER = "me";
export const TOKEN = "a-classic-token";

export interface GhcrMachine {
  readonly machine: TestMachine;
  /** Its registry over HTTP: logs in, refuses DELETE, has no referrers and no catalog, lists tags by age. */
  readonly server: MemoryRegistryServer;
  readonly github: GithubRest;
  readonly source: StorePackages;
  /** What GitHub's client sleeps by. */
  readonly time: FakeTime;
  /** The API as a new process meets it; pages are remembered. */
  connect(): PackageHosts;
  /** Requests so far to both, by kind; forgets them. */
  takeCounts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export interface GhcrMachineOptions {
  readonly files?: Record<string, MemoryFile>;
  readonly github?: Partial<Pick<GithubRestOptions, "token" | "owners" | "self" | "limit">>;
  /** Of the host of the API, as the client has it. */
  readonly login?: string | undefined;
  readonly pages?: PageCache;
}

/** A machine whose fleet lies on a registry like GHCR, with GitHub's REST API beside it, both over real HTTP. */
export async function createGhcrMachine(options: GhcrMachineOptions = {}): Promise<GhcrMachine> {
  const server = await startMemoryRegistry({
    auth: { kind: "bearer", user: USER, password: TOKEN },
    catalog: false,
    deletes: false,
    referrers: false,
    tagOrder: "pushed",
  });
  const source = packagesOf(server.store);
  const github = await startGithubRest({
    source,
    token: TOKEN,
    owners: { [NAMESPACE]: "Organization" },
    ...options.github,
  });
  const time = fakeTime();
  const client = createHttpRegistry({ credentials: logins({ [server.host]: TOKEN }), time });
  const login = "login" in options ? options.login : TOKEN;
  const pages = options.pages ?? createMemoryPageCache();
  const transport = createTransport({ proxy: {}, authorities: async () => [], timeouts: DEFAULT_TIMEOUTS });
  const connect = (): PackageHosts =>
    createPackageHosts({
      apis: { [server.host]: github.api },
      transport,
      credentials: logins(login === undefined ? {} : { [github.host]: login }),
      cache: pages,
      time,
    });
  const machine = await createTestMachine({
    registry: routed(server.host, client),
    files: filesAt(server.host, options.files ?? sampleFiles()),
  });
  machine.packages = connect();
  machine.engines.set(LOCAL_ENGINE, createMemoryEngine());
  return {
    machine,
    server,
    github,
    source,
    time,
    connect,
    takeCounts: () => {
      const counts: Record<string, number> = {};
      const all = [
        ...server.kinds(),
        ...github.asked.map((line) => `github ${line.split(" ", 2).join(" ")}`),
      ];
      for (const kind of all) counts[kind] = (counts[kind] ?? 0) + 1;
      server.forget();
      github.asked.splice(0);
      return counts;
    },
    close: async () => {
      client.close();
      transport.close();
      github.close();
      await server.close();
    },
  };
}

/** By exact host. */
function logins(tokens: Readonly<Record<string, string>>): CredentialSource {
  return {
    find: async (host) => {
      const token = Object.hasOwn(tokens, host) ? tokens[host] : undefined;
      if (token === undefined) return undefined;
      return { credential: { kind: "password", user: USER, password: new Secret(token) }, source: "test" };
    },
  };
}

/** One host over HTTP; where the roots lie is in memory. */
function routed(host: string, client: ReturnType<typeof createHttpRegistry>): MemoryRegistry {
  const memory = createMemoryRegistry();
  const at = (where: string): typeof client | MemoryRegistry => (where === host ? client : memory);
  const registry: MemoryRegistry = {
    calls: memory.calls,
    dropTag: memory.dropTag,
    ping: (where, call) => at(where).ping(where, call),
    resolve: (ref, call) => at(ref.host).resolve(ref, call),
    readManifest: (ref, call) => at(ref.host).readManifest(ref, call),
    putManifest: (ref, bytes, type, call) => at(ref.host).putManifest(ref, bytes, type, call),
    readBlob: (where, blob, call) => at(where.host).readBlob(where, blob, call),
    putBlob: (where, blob, call) => at(where.host).putBlob(where, blob, call),
    listTags: (where, call) => at(where.host).listTags(where, call),
  };
  // Powers of the client alone; nobody asks about the roots' host.
  const { listReferrers, deleteManifest, listRepositories } = client;
  return Object.assign(registry, { listReferrers, deleteManifest, listRepositories });
}

/** The same files, with this registry in the place of the sample's. */
export function filesAt(host: string, files: Record<string, MemoryFile>): Record<string, MemoryFile> {
  const moved = Object.entries(files).map(
    ([path, file]) => [path, typeof file === "string" ? file.replaceAll(HOST, host) : file] as const,
  );
  return Object.fromEntries(moved);
}
