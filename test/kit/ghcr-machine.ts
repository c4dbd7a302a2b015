import { setMaxListeners } from "node:events";
import { Secret } from "../../src/core/base/secret.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { CredentialSource } from "../../src/edge/registry/credentials/credential.ts";
import { createPackageHosts, type PackageHosts } from "../../src/edge/registry/github/package-hosts.ts";
import { createMemoryPageCache, type PageCache } from "../../src/edge/registry/github/page-cache.ts";
import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import { DEFAULT_TIMEOUTS } from "../../src/edge/registry/http/exchange.ts";
import { createTransport } from "../../src/edge/registry/http/transport.ts";
import type { MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { type FakeTime, fakeTime } from "../registry/kit.ts";
import { packagesOf, type StorePackages } from "./github-packages.ts";
import { type GithubRest, type GithubRestOptions, startGithubRest } from "./github-rest.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "./memory-registry.ts";
import { buildAndPush } from "./pushing-builder.ts";
import { routed } from "./routed-registry.ts";
import { filesAt, NAMESPACE } from "./sample-fleet.ts";
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
  const machine = await createTestMachine({ files: filesAt(server.host, options.files) });
  const isPicked = (host: string): boolean => host === server.host;
  const registry = routed(isPicked, { picked: client, rest: machine.registry });
  // Powers of the client alone; nobody asks about the roots' host.
  const { listReferrers, deleteManifest, listRepositories } = client;
  machine.faults = Object.assign(registry, { listReferrers, deleteManifest, listRepositories });
  machine.build = (request) => buildAndPush(registry, request);
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
