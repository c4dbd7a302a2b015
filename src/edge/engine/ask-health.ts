import { request } from "node:http";
import { messageOf } from "../../core/base/error.ts";
import { EngineError } from "./error.ts";
import type { AskHealth, HealthAnswer } from "./port.ts";

const LIMIT_BYTES = 64 * 1024;
const LIMIT_MS = 5000;

/** One GET over plain HTTP. Not through a proxy, and a redirect is an answer: the very container is asked, and no other. */
export const askHealth: AskHealth = (url, { signal } = {}) =>
  new Promise<HealthAnswer>((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(
        signal?.aborted === true
          ? signal.reason
          : new EngineError("ENGINE_UNREACHABLE", `nobody answers at ${url}: ${messageOf(cause)}`, { cause }),
      );
    };
    const call = request(url, { agent: false, signal: withDeadline(signal) }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, LIMIT_BYTES - bytes));
        bytes += chunk.length;
        // What is longer is no health answer; that it was cut is seen by whoever compares it.
        if (bytes > LIMIT_BYTES) response.destroy();
      });
      response.on("error", fail);
      response.on("close", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    call.on("error", fail);
    call.end();
  });

function withDeadline(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(LIMIT_MS);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}
