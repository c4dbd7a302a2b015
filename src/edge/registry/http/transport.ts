import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from "node:http";
import { RegistryError } from "../error.ts";
import { connectionError } from "./connection-error.ts";
import { type ProxySettings, proxyFor } from "./proxy.ts";

/** One HTTP request, whole: no redirect, no login, no second try. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Called once per send. A stream's length must be in the headers. */
  readonly content?: Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  /** Milliseconds from sending to these headers. */
  readonly latencyMs: number;
  /** The body, once. A cut connection is a temporary RegistryError. */
  body(): AsyncIterable<Buffer>;
  /** Lets the body run off, and resolves when the connection can be used again. A long body is cut instead. */
  discard(): Promise<void>;
  /** Resolves when nothing more of this exchange will come; its connection is then back among the idle ones. */
  readonly over: Promise<void>;
  /** Gives the connection up. */
  cut(): void;
}

export interface Transport {
  send(exchange: Exchange): Promise<Answer>;
  /** Closes idle connections; those in use end with their exchange. */
  close(): void;
}

export interface TransportOptions {
  readonly proxy: ProxySettings;
  /** PEM texts that are trusted besides the system's. */
  readonly authorities: () => Promise<readonly string[]>;
  /** Milliseconds: until a connection stands; until headers; between two pieces of a body. */
  readonly timeouts: Timeouts;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 15_000, headersMs: 60_000, idleMs: 60_000 };

/** What is asked, in node:http's words; `agent: false` wants a connection of its own. */
export interface OpenOptions {
  readonly method: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent?: false;
}

export type Opener = (url: URL, options: OpenOptions) => ClientRequest;

/**
 * HTTP/1.1 over node:http with keep-alive. Measured against undici (README): importing undici costs 65 to 90 ms,
 * node:http 3 ms, and the requests themselves cost the same.
 */
export function createTransport(options: TransportOptions): Transport {
  const plain = new Agent({ keepAlive: true, scheduling: "lifo" });
  let secure: Promise<{ open: Opener; close: () => void }> | undefined;
  const openPlain: Opener = (url, given) => {
    const proxy = proxyFor(url, options.proxy);
    if (proxy === undefined) return request({ agent: plain, ...given });
    // A proxy for plain HTTP is sent the whole URL (RFC 9112 section 3.2.2).
    const headers = { ...given.headers, ...proxy.headers };
    return request({
      agent: plain,
      ...given,
      host: proxy.url.hostname,
      port: proxy.url.port,
      path: url.href,
      headers,
    });
  };
  const openerFor = async (url: URL): Promise<Opener> => {
    if (url.protocol === "http:") return openPlain;
    // TLS, the system's certificates and tunnels are loaded only by those who need them.
    secure ??= import("./secure.ts").then((module) => module.createSecureOpener(options));
    return (await secure).open;
  };
  return {
    async send(exchange) {
      exchange.signal?.throwIfAborted();
      const open = await openerFor(exchange.url);
      return sendOnce({ exchange, open, timeouts: options.timeouts });
    },
    close() {
      plain.destroy();
      void secure?.then((opened) => opened.close());
    },
  };
}

interface Sending {
  readonly exchange: Exchange;
  readonly open: Opener;
  readonly timeouts: Timeouts;
}

async function sendOnce(sending: Sending): Promise<Answer> {
  try {
    return await start(sending).answer;
  } catch (error) {
    // A server may close an idle connection at the moment we reuse it. Nothing was answered, and a fresh connection
    // tells a closed socket from a dead server. Not for streams: what a half-sent upload left behind is not ours to guess.
    if (!(error instanceof StaleConnection)) throw error;
    if (typeof sending.exchange.content === "function")
      throw connectionError(error.cause, sending.exchange.url);
    return start({ ...sending, fresh: true }).answer;
  }
}

class StaleConnection extends Error {}

function start(sending: Sending & { readonly fresh?: boolean }): { readonly answer: Promise<Answer> } {
  const { exchange, timeouts } = sending;
  const { url, signal } = exchange;
  const begun = performance.now();
  const outgoing = sending.open(url, {
    method: exchange.method,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...exchange.headers, host: url.host },
    ...(sending.fresh === true ? { agent: false } : {}),
  });
  const stopWatch = watchTimes(outgoing, sending);
  const upload: Upload = { stopped: false, failure: undefined };
  const abort = (): void => void outgoing.destroy(reasonOf(signal));
  signal?.addEventListener("abort", abort, { once: true });
  const over = new Promise<void>((resolve) => {
    // Node emits "close" just before it hands the connection back to the agent.
    outgoing.once("close", () => {
      stopWatch();
      signal?.removeEventListener("abort", abort);
      resolve();
    });
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (signal?.aborted === true) return reject(reasonOf(signal));
      if (upload.failure !== undefined) return reject(upload.failure);
      if (isStale(outgoing, error)) return reject(new StaleConnection("closed while idle", { cause: error }));
      return reject(connectionError(error, url));
    });
    outgoing.once("response", (incoming: IncomingMessage) => {
      stopWatch();
      if (!outgoing.writableEnded) stopUpload(upload, outgoing, incoming);
      resolve(answerOf({ exchange, incoming, over, timeouts, latencyMs: performance.now() - begun }));
    });
  });
  if (typeof exchange.content === "function") void sendStream(outgoing, exchange.content, upload);
  else outgoing.end(exchange.content);
  return { answer };
}

interface Upload {
  /** The answer is there before everything was sent; the rest is not wanted. */
  stopped: boolean;
  /** What the source of the content threw. */
  failure: Error | undefined;
}

/** A server may say no in the middle of an upload. The connection is of no more use once its answer was read. */
function stopUpload(upload: Upload, outgoing: ClientRequest, incoming: IncomingMessage): void {
  upload.stopped = true;
  incoming.once("end", () => void outgoing.destroy());
  // Wakes a sender that waits for room which will never come.
  outgoing.emit("drain");
}

/** Ends an exchange that gets no connection, or no answer, in time. Gives what calls the watch off. */
function watchTimes(outgoing: ClientRequest, { exchange, timeouts }: Sending): () => void {
  const giveUp = (why: string) => (): void => void outgoing.destroy(timedOut(exchange.url, why));
  let answering = setTimeout(giveUp("no answer in time"), timeouts.headersMs);
  let connecting: NodeJS.Timeout | undefined;
  outgoing.once("socket", (socket) => {
    if (!socket.connecting) return;
    connecting = setTimeout(giveUp("no connection in time"), timeouts.connectMs);
    socket.once("connect", () => clearTimeout(connecting));
  });
  if (typeof exchange.content === "function") {
    // An upload is alive as long as its bytes leave.
    outgoing.on("drain", () => {
      clearTimeout(answering);
      answering = setTimeout(giveUp("no answer in time"), timeouts.headersMs);
    });
  }
  return () => {
    clearTimeout(answering);
    clearTimeout(connecting);
  };
}

async function sendStream(
  outgoing: ClientRequest,
  open: () => AsyncIterable<Uint8Array>,
  upload: Upload,
): Promise<void> {
  try {
    for await (const part of open()) {
      if (upload.stopped || outgoing.destroyed) return;
      if (!outgoing.write(part)) await drained(outgoing);
    }
    outgoing.end();
  } catch (error) {
    upload.failure = error instanceof Error ? error : new Error(String(error));
    outgoing.destroy(upload.failure);
  }
}

function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go);
      outgoing.off("close", go);
      resolve();
    };
    outgoing.once("drain", go);
    outgoing.once("close", go);
  });
}

interface Received {
  readonly exchange: Exchange;
  readonly incoming: IncomingMessage;
  readonly over: Promise<void>;
  readonly timeouts: Timeouts;
  readonly latencyMs: number;
}

// More than this is not worth reading for the sake of a connection.
const MAX_DISCARDED_BYTES = 256 * 1024;

function answerOf({ exchange, incoming, over, timeouts, latencyMs }: Received): Answer {
  const { url, signal } = exchange;
  // An abandoned body that is cut would otherwise throw from nowhere.
  incoming.on("error", () => undefined);
  const watchBody = (): void => {
    const giveUp = (): void => void incoming.destroy(timedOut(url, "the body stopped coming"));
    incoming.setTimeout(timeouts.idleMs, giveUp);
  };
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    url,
    latencyMs,
    over,
    async *body() {
      watchBody();
      try {
        for await (const part of incoming) yield part;
      } catch (error) {
        if (signal?.aborted === true) throw reasonOf(signal);
        throw connectionError(error, url);
      }
      if (!incoming.complete) throw connectionError(new Error("the connection was cut within the body"), url);
    },
    discard: () => {
      if (exchange.method !== "HEAD") {
        const { "content-length": length, "transfer-encoding": coding } = incoming.headers;
        const short = coding === undefined && Number(length ?? 0) < MAX_DISCARDED_BYTES;
        if (!short) incoming.destroy();
        watchBody();
      }
      incoming.resume();
      return over;
    },
    cut: () => void incoming.destroy(),
  };
}

function isStale(outgoing: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

function timedOut(url: URL, why: string): RegistryError {
  return new RegistryError("REGISTRY_UNREACHABLE", `${url.host}: ${why}`);
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("cancelled");
}
