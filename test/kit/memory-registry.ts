import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AuthOptions, RegistryAuth } from "./memory-registry-auth.ts";
import {
  type Asked,
  digestOf,
  RegistryStore,
  type Reply,
  type StoreOptions,
} from "./memory-registry-store.ts";

export interface MemoryRegistryOptions extends StoreOptions {
  readonly auth?: AuthOptions;
  /** Milliseconds before each answer. */
  readonly latencyMs?: number;
}

/** Something that goes wrong, for the requests that it picks, so many times. */
export interface Fault {
  readonly when: (asked: Asked) => boolean;
  /** How often; for ever where it is not said. */
  readonly times?: number;
  /** In place of the registry, which then never sees the request: a reply, a cut, or silence. */
  readonly instead?: (asked: Asked) => Reply | "cut" | "silence";
  /** The registry's own reply, changed. */
  readonly change?: (reply: Reply, asked: Asked) => Reply;
  /** How the reply goes out, where not whole and at once. */
  readonly deliver?: (response: ServerResponse, reply: Reply, asked: Asked) => Promise<void> | void;
  /** Cuts the connection when so many bytes of the request's body have come; what came is kept by an open session. */
  readonly cutRequestAfter?: number;
  /** This reply, before the request's body was read. */
  readonly early?: Reply;
}

export interface MemoryRegistryServer {
  /** `127.0.0.1:port`, as it stands in image references. */
  readonly host: string;
  readonly store: RegistryStore;
  readonly auth: RegistryAuth;
  /** All requests so far, in order. */
  readonly asked: readonly Asked[];
  /** How many connections were opened. */
  readonly connections: () => number;
  /** `METHOD kind` of each request: "HEAD manifests", "GET token". */
  readonly kinds: () => readonly string[];
  readonly forget: () => void;
  readonly fault: (fault: Fault) => void;
  readonly clearFaults: () => void;
  readonly putBlob: (repository: string, bytes: Uint8Array) => string;
  readonly putManifest: (repository: string, tag: string | undefined, value: unknown) => string;
  readonly close: () => Promise<void>;
}

/** A registry in memory over real HTTP on 127.0.0.1, after the distribution specification 1.1, with faults on demand. */
export async function startMemoryRegistry(
  options: MemoryRegistryOptions = {},
): Promise<MemoryRegistryServer> {
  const store = new RegistryStore(options);
  const auth = new RegistryAuth(options.auth ?? { kind: "none" });
  const asked: Asked[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  let connections = 0;

  const pick = (request: Asked, early: boolean): Fault | undefined => {
    const found = faults.find(
      ({ fault, left }) => left > 0 && isEarly(fault) === early && fault.when(request),
    );
    if (found !== undefined) found.left--;
    return found?.fault;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const head = askedOf(request, Buffer.alloc(0));
    const early = pick(head, true);
    if (early?.early !== undefined) return deliver(response, early.early, head);
    const body = await readBody(request, early?.cutRequestAfter);
    const whole = { ...head, body };
    asked.push(whole);
    if (early !== undefined) {
      store.answer({ ...whole, method: "PATCH" });
      request.socket.destroy();
      return;
    }
    const fault = pick(whole, false);
    const own = fault?.instead?.(whole);
    if (own === "silence") return;
    if (own === "cut") return void request.socket.destroy();
    const { pathname } = whole.url;
    const good =
      own ?? (pathname === "/token" ? auth.token(whole) : (auth.check(whole) ?? store.answer(whole)));
    const reply = fault?.change?.(good, whole) ?? good;
    if (options.latencyMs !== undefined)
      await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
    await (fault?.deliver ?? deliver)(response, reply, whole);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => void request.socket.destroy());
  });
  server.on("connection", () => connections++);
  const host = await listen(server);
  return {
    host,
    store,
    auth,
    asked,
    connections: () => connections,
    kinds: () => asked.map(kindOf),
    forget: () => asked.splice(0),
    fault: (fault) => void faults.push({ fault, left: fault.times ?? Infinity }),
    clearFaults: () => faults.splice(0),
    putBlob: (repository, bytes) => {
      const digest = digestOf(bytes);
      store.repo(repository).blobs.set(digest, Buffer.from(bytes));
      return digest;
    },
    putManifest: (repository, tag, value) => {
      const bytes = Buffer.from(JSON.stringify(value));
      const digest = digestOf(bytes);
      const { mediaType } = value as { mediaType: string };
      store.repo(repository).manifests.set(digest, { mediaType, bytes, digest });
      if (tag !== undefined) store.repo(repository).tags.set(tag, digest);
      return digest;
    },
    close: () => stop(server),
  };
}

function isEarly(fault: Fault): boolean {
  return fault.cutRequestAfter !== undefined || fault.early !== undefined;
}

/** Sends a reply as a good server does. */
export function deliver(response: ServerResponse, reply: Reply, asked: Asked): void {
  response.writeHead(reply.status, { "content-length": String(reply.body.length), ...reply.headers });
  response.end(asked.method === "HEAD" ? undefined : reply.body);
}

function askedOf(request: IncomingMessage, body: Buffer): Asked {
  const host = request.headers.host ?? "127.0.0.1";
  const url = new URL(request.url ?? "/", `http://${host}`);
  return { method: request.method ?? "GET", url, headers: request.headers, body };
}

async function readBody(request: IncomingMessage, limit: number | undefined): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (limit !== undefined && size >= limit) break;
  }
  return Buffer.concat(parts).subarray(0, limit);
}

function kindOf({ method, url }: Asked): string {
  if (url.pathname === "/token") return `${method} token`;
  const kind = /\/(manifests|blobs\/uploads|blobs|tags|referrers)\//.exec(url.pathname)?.[1];
  return `${method} ${kind ?? url.pathname.replace("/v2/", "")}`.trim();
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      // listen() on TCP gives an AddressInfo.
      resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
