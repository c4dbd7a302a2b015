import { RegistryError } from "../error.ts";
import { readBody } from "../http/body.ts";
import type { Answer } from "../http/exchange.ts";
import { parseRetryAfter } from "../http/retry-after.ts";

const MAX_BYTES = 64 * 1024;
const MAX_WORDS = 300;

/** 429, or a 403 that says when to come back ("Rate limits for the REST API"). */
export function isThrottled({ status, headers }: Answer): boolean {
  if (status === 429) return true;
  return status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0");
}

/** The error that an unexpected answer stands for. Reads the body. */
export async function errorOfAnswer(answer: Answer, now: number): Promise<RegistryError> {
  const { status, headers, url } = answer;
  const what = `${url.host} answered ${status} to ${url.pathname}`;
  if (isThrottled(answer)) {
    await answer.discard();
    const wait = parseRetryAfter(headers["retry-after"], now) ?? resetWait(headers["x-ratelimit-reset"], now);
    return new RegistryError("REGISTRY_RATE_LIMITED", what, {
      temporary: true,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  if (status >= 500) {
    await answer.discard();
    return new RegistryError("REGISTRY_UNAVAILABLE", what, { temporary: true });
  }
  const message = `${what}: ${await wordsOf(answer)}`;
  if (status === 401) {
    const hint = "the token is expired, revoked or mistyped: `lapstrake doctor` asks GitHub about it";
    return new RegistryError("REGISTRY_UNAUTHORIZED", message, { hint });
  }
  if (status === 403) {
    const hint =
      "a classic token is needed: with read:packages to look, and delete:packages to delete and restore";
    return new RegistryError("REGISTRY_DENIED", message, { hint });
  }
  return new RegistryError("REGISTRY_REFUSED", message);
}

/** What GitHub says in its body, for people. */
export async function wordsOf(answer: Answer): Promise<string> {
  const body = await readBody(answer, MAX_BYTES).catch(() => Buffer.alloc(0));
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  const { message } = Object(value) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message.slice(0, MAX_WORDS) : "it gave no reason";
}

/** Until the second of the reset, in milliseconds. */
function resetWait(header: string | string[] | undefined, now: number): number | undefined {
  const second = Number(header);
  return header === undefined || Number.isNaN(second) ? undefined : Math.max(0, second * 1000 - now);
}
