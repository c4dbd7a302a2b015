import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { messageOf } from "../../core/base/error.ts";
import type { EngineAddress } from "./address.ts";
import { EngineError } from "./error.ts";

export interface EngineCall {
  readonly method?: "GET" | "POST" | "DELETE";
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte; 0 for calls that wait for something to happen. */
  readonly idleTimeout?: number;
  /** Of the program that leads to the engine, where one does. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const MAX_BODY = 64 * 1024 * 1024;
const IDLE_MS = 60_000;

/** One HTTP call to an engine. Throws EngineError ENGINE_UNREACHABLE or ENGINE_ANSWER; every status is an answer. */
export async function callEngine(address: EngineAddress, call: EngineCall): Promise<EngineAnswer> {
  try {
    return await exchange(address, call);
  } catch (cause) {
    if (cause instanceof EngineError || call.signal?.aborted === true) throw cause;
    throw new EngineError(
      "ENGINE_UNREACHABLE",
      `no engine answers at ${placeOf(address)}: ${messageOf(cause)}`,
      {
        cause,
        hint: "lapstrake doctor says what is there; scripts/engine up brings one up",
      },
    );
  }
}

function placeOf(address: EngineAddress): string {
  if ("argv" in address) return address.argv.slice(address.argv.indexOf("--") + 1, -3).join(" ");
  return "socketPath" in address ? address.socketPath : `${address.host}:${address.port}`;
}

async function exchange(address: EngineAddress, call: EngineCall): Promise<EngineAnswer> {
  if (!("argv" in address)) return send(address, call);
  // Loaded only for engines elsewhere.
  const { openChannel } = await import("../process/open-channel.ts");
  const channel = openChannel({ argv: address.argv, env: call.env ?? {} });
  const limit = call.idleTimeout ?? IDLE_MS;
  // A stream of a program knows no idle time: the whole call is bounded instead.
  const timer =
    limit > 0 ? setTimeout(() => channel.destroy(new Error("it does not answer")), limit) : undefined;
  try {
    return await send({ createConnection: () => channel }, call);
  } finally {
    clearTimeout(timer);
    channel.destroy();
  }
}

function send(connection: RequestOptions, call: EngineCall): Promise<EngineAnswer> {
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      ...connection,
      method: call.method ?? "GET",
      path: call.path,
      // The engine's Host check refuses nothing, but an empty Host is a 400 in Go's server.
      headers: { host: "docker", ...(payload === undefined ? {} : { "content-type": "application/json" }) },
      ...(connection.createConnection === undefined ? { timeout: call.idleTimeout ?? IDLE_MS } : {}),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    request.once("timeout", () => request.destroy(new Error("it does not answer")));
    request.once("error", reject);
    request.once("response", (response) => {
      collect(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    request.end(payload);
  });
}

async function collect(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    // A response without an encoding gives Buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) {
      response.destroy();
      throw new EngineError("ENGINE_ANSWER", `the engine's answer is larger than ${MAX_BODY} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
