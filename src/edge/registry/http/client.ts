import type { CredentialSource } from "../credentials/credential.ts";
import { noCredentials } from "../credentials/credential.ts";
import type { CallOptions, Registry, Repository } from "../port.ts";
import type { Catalog, Deletion, ReferrerListing } from "../powers.ts";
import { readBlob } from "./blobs.ts";
import { Caller } from "./caller.ts";
import { createEndpoints, type Endpoint, type EndpointOptions } from "./endpoint.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "./exchange.ts";
import type { LimiterOptions } from "./limiter.ts";
import { getManifest, headManifest, putManifest } from "./manifests.ts";
import { fromPlaces, streamFromPlaces } from "./mirror.ts";
import type { ProxySettings } from "./proxy.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "./retry.ts";
import { listRepositories, listTags } from "./tags.ts";
import { realTime, type TimeSource } from "./time-source.ts";
import { createTransport } from "./transport.ts";
import { putBlob } from "./upload.ts";

export interface HttpRegistryOptions extends EndpointOptions {
  readonly credentials?: CredentialSource;
  readonly proxy?: ProxySettings;
  /** PEM texts of authorities to trust besides the system's; asked for at the first HTTPS request. */
  readonly authorities?: () => Promise<readonly string[]>;
  readonly userAgent?: string;
  readonly time?: TimeSource;
  readonly retry?: RetryPolicy;
  readonly timeouts?: Timeouts;
  readonly limit?: LimiterOptions;
  /** Blobs above so many bytes are sent in pieces of that size; in one PUT without it. */
  readonly pieceBytes?: number;
}

export interface HttpRegistry extends Registry, ReferrerListing, Deletion, Catalog {
  /** Closes idle connections. Not needed to end a process: idle connections do not hold it. */
  close(): void;
}

const DEFAULT_LIMIT: LimiterOptions = { start: 8, ceiling: 32 };

/**
 * A client of the OCI distribution specification 1.1. Errors are RegistryErrors; a signal's abort rejects with its
 * reason. One client serves any number of hosts, and is to be shared: it holds connections, tokens and limits.
 */
export function createHttpRegistry(options: HttpRegistryOptions = {}): HttpRegistry {
  const transport = createTransport({
    proxy: options.proxy ?? {},
    authorities: options.authorities ?? (() => Promise.resolve([])),
    timeouts: options.timeouts ?? DEFAULT_TIMEOUTS,
  });
  const caller = new Caller({
    transport,
    credentials: options.credentials ?? noCredentials,
    insecure: options.insecure ?? [],
    time: options.time ?? realTime,
    userAgent: options.userAgent ?? "lapstrake",
    retry: options.retry ?? DEFAULT_RETRY,
    limit: options.limit ?? DEFAULT_LIMIT,
  });
  const pieces = options.pieceBytes === undefined ? {} : { pieceBytes: options.pieceBytes };
  const endpoints = createEndpoints(options);
  const origin = (at: Pick<Repository, "host">): Endpoint => endpoints.own(at.host);
  return {
    ping: (host, call = {}) => ping(caller, endpoints.own(host), call),
    resolve: (ref, call = {}) =>
      fromPlaces(ref, endpoints, (endpoint) => headManifest(caller, endpoint, ref, call)),
    readManifest: (ref, call = {}) =>
      fromPlaces(ref, endpoints, (endpoint) => getManifest(caller, endpoint, ref, call)),
    putManifest: async (ref, bytes, mediaType, call = {}) =>
      putManifest(caller, origin(ref), { ref, bytes, mediaType, options: call }),
    readBlob: (at, blob, call = {}) =>
      streamFromPlaces(at.host, endpoints, (endpoint) => readBlob(caller, { endpoint, at }, blob, call)),
    putBlob: async (at, blob, call = {}) =>
      putBlob(caller, { endpoint: origin(at), at }, blob, { ...call, ...pieces }),
    listReferrers: async (at, subject, call = {}) => {
      const { listReferrers } = await import("./referrers.ts");
      return listReferrers(caller, { endpoint: origin(at), at }, subject, call);
    },
    deleteManifest: async (ref, call = {}) => {
      const { deleteManifest } = await import("./deletion.ts");
      return deleteManifest(caller, origin(ref), ref, call);
    },
    listRepositories: async (host, call = {}) => listRepositories(caller, endpoints.own(host), call),
    listTags: async (at, call = {}) => listTags(caller, origin(at), at, call),
    close: () => transport.close(),
  };
}

async function ping(caller: Caller, endpoint: Endpoint, { signal }: CallOptions): Promise<void> {
  const call = { endpoint, method: "GET", at: "", scopes: [], what: "the ping", signal };
  await caller.call(call, async (answer) => {
    if (answer.status !== 200) throw await caller.failure(call, answer);
    await answer.discard();
  });
}
