import { RegistryError } from "../error.ts";
import type { Answer } from "./exchange.ts";
import { follow } from "./redirect.ts";
import { createRetryBudget, DEFAULT_RETRY, type RetryPolicy, retrying } from "./retry.ts";
import type { TimeSource } from "./time-source.ts";
import type { Transport } from "./transport.ts";

export interface DownloadContext {
  readonly transport: Transport;
  readonly time: TimeSource;
  readonly retry?: RetryPolicy;
  readonly userAgent: string;
}

export interface DownloadOptions {
  /** Bytes. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

const TEMPORARY = new Set([408, 429, 500, 502, 503, 504]);

/**
 * The file at an address, through the proxy and with the authorities of the host; no login is sent. Whole, or an error: a
 * body that was cut, or has more than `limit` bytes, is one. Until the first byte, what is temporary is tried again.
 */
export async function* download(
  url: URL,
  { transport, time, retry = DEFAULT_RETRY, userAgent }: DownloadContext,
  { limit, signal }: DownloadOptions,
): AsyncGenerator<Uint8Array> {
  const context = { transport, insecure: [], origin: url.origin };
  const exchange = { method: "GET", url, headers: { "user-agent": userAgent, accept: "*/*" }, signal };
  const answer = await retrying(createRetryBudget(retry, time), signal, async () => {
    const answer = await follow(exchange, context);
    if (answer.status !== 200) throw await refused(url, answer);
    return answer;
  });
  let received = 0;
  try {
    for await (const part of answer.body()) {
      received += part.byteLength;
      if (received > limit)
        throw new RegistryError("REGISTRY_TOO_LARGE", `${place(url)} has more than ${limit} bytes`);
      yield part;
    }
  } finally {
    // Whoever stops reading, or what ended the reading, has no use for the rest.
    answer.cut();
  }
}

async function refused(url: URL, answer: Answer): Promise<RegistryError> {
  await answer.discard();
  const code = answer.status >= 500 ? "REGISTRY_UNAVAILABLE" : "REGISTRY_REFUSED";
  return new RegistryError(code, `${url.host} answered ${answer.status} to GET ${place(url)}`, {
    temporary: TEMPORARY.has(answer.status),
    details: { status: answer.status },
  });
}

/** Without a query, which may be a secret. */
function place(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
