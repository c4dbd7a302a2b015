import type { IncomingMessage } from "node:http";
import { connectionError, reasonOf, timedOut } from "./connection-error.ts";
import type { Answer, Exchange, Timeouts } from "./exchange.ts";

interface Received {
  readonly exchange: Exchange;
  readonly incoming: IncomingMessage;
  readonly over: Promise<void>;
  readonly timeouts: Timeouts;
  readonly latencyMs: number;
}

// More than this is not worth reading for the sake of a connection.
const MAX_DISCARDED_BYTES = 256 * 1024;

/** The answer whose headers have come. */
export function answerOf({ exchange, incoming, over, timeouts, latencyMs }: Received): Answer {
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
