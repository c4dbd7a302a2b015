import { request } from "node:http";

export interface HttpAnswer {
  readonly status: number;
  /** At most 64 KiB of it. */
  readonly body: string;
}

const MAX_BODY = 64 * 1024;

/** One GET over plain HTTP to a container's published port, no redirects. Undefined where nobody answers within the time. */
export function probeHttp(
  url: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<HttpAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const ask = request(url, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      agent: false,
    });
    const fail = (): void => (signal?.aborted === true ? reject(signal.reason) : resolve(undefined));
    ask.once("error", fail);
    ask.once("response", (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on("data", (part: Buffer) => {
        size += part.length;
        if (size <= MAX_BODY) parts.push(part);
        else response.destroy();
      });
      response.once("error", fail);
      response.once("close", () => {
        const body = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    ask.end();
  });
}
