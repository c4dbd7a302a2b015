import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { answerOf } from "./answer.ts";
import { connectionError, reasonOf, timedOut } from "./connection-error.ts";
import type { Answer, Exchange, Timeouts } from "./exchange.ts";
import { type ProxySettings, proxyFor } from "./proxy.ts";
import { type OutgoingStream, sendStream, stopStream } from "./send-stream.ts";

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
  const upload: OutgoingStream = { stopped: false, failure: undefined };
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
      if (!outgoing.writableEnded) stopStream(upload, outgoing, incoming);
      resolve(answerOf({ exchange, incoming, over, timeouts, latencyMs: performance.now() - begun }));
    });
  });
  if (typeof exchange.content === "function") void sendStream(outgoing, exchange.content, upload);
  else outgoing.end(exchange.content);
  return { answer };
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

function isStale(outgoing: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
