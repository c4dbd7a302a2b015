import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
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
    throw failure(address, call, cause);
  }
}

function failure(address: EngineAddress, call: EngineCall, cause: unknown): unknown {
  if (cause instanceof EngineError || call.signal?.aborted === true) return cause;
  return new EngineError(
    "ENGINE_UNREACHABLE",
    `no engine answers at ${placeOf(address)}: ${messageOf(cause)}`,
    {
      cause,
      hint: "lapstrake doctor says what is there; scripts/engine up brings one up",
    },
  );
}

function placeOf(address: EngineAddress): string {
  if ("argv" in address) return address.argv.slice(address.argv.indexOf("--") + 1, -3).join(" ");
  return "socketPath" in address ? address.socketPath : `${address.host}:${address.port}`;
}

/**
 * The same for an answer that is a stream of any length. Who stops reading ends the call. A status that is no success is
 * handed to `refuse` with the answer, which throws.
 */
export async function* streamEngine(
  address: EngineAddress,
  call: EngineCall,
  refuse: (answer: EngineAnswer) => never,
): AsyncGenerator<Buffer> {
  const channel = "argv" in address ? await openTo(address.argv, call) : undefined;
  try {
    const response = await ask(
      channel === undefined && !("argv" in address) ? address : { createConnection: () => channel },
      call,
    );
    if (response.statusCode !== 200) refuse(await answerOf(response));
    // A response without an encoding gives Buffers.
    for await (const chunk of response) yield chunk as Buffer;
  } catch (cause) {
    throw failure(address, call, cause);
  } finally {
    channel?.destroy();
  }
}

async function openTo(argv: readonly [string, ...string[]], { env = {} }: EngineCall): Promise<Duplex> {
  // Loaded only for engines elsewhere.
  const { openChannel } = await import("../process/open-channel.ts");
  return openChannel({ argv, env });
}

async function exchange(address: EngineAddress, call: EngineCall): Promise<EngineAnswer> {
  if (!("argv" in address)) return answerOf(await ask(address, call));
  const channel = await openTo(address.argv, call);
  const limit = call.idleTimeout ?? IDLE_MS;
  // A stream of a program knows no idle time: the whole call is bounded instead.
  const timer =
    limit > 0 ? setTimeout(() => channel.destroy(new Error("it does not answer")), limit) : undefined;
  try {
    return await answerOf(await ask({ createConnection: () => channel }, call));
  } finally {
    clearTimeout(timer);
    channel.destroy();
  }
}

function ask(connection: RequestOptions, call: EngineCall): Promise<IncomingMessage> {
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
    request.once("response", resolve);
    request.end(payload);
  });
}

async function answerOf(response: IncomingMessage): Promise<EngineAnswer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await collect(response) };
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
