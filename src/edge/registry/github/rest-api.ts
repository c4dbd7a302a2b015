import type { Secret } from "../../../core/base/secret.ts";
import { RegistryError } from "../error.ts";
import { readBody } from "../http/body.ts";
import { isLoopback } from "../http/endpoint.ts";
import type { Answer } from "../http/exchange.ts";
import { Limiter } from "../http/limiter.ts";
import { follow } from "../http/redirect.ts";
import { createRetryBudget, DEFAULT_RETRY, type RetryPolicy, retrying } from "../http/retry.ts";
import type { TimeSource } from "../http/time-source.ts";
import type { Transport } from "../http/transport.ts";
import type { VersionDeletion } from "../powers.ts";
import { createPace } from "./pace.ts";
import type { PageCache } from "./page-cache.ts";
import { errorOfAnswer, isThrottled, wordsOf } from "./rest-error.ts";
import { GITHUB_API } from "./token-scopes.ts";

export interface RestApiOptions {
  readonly transport: Transport;
  /** Ends in a slash. */
  readonly api: string;
  /** Of exactly this API's host; asked for once, before the first request. */
  readonly login: () => Promise<Secret | undefined>;
  readonly cache: PageCache;
  readonly time: TimeSource;
  readonly retry?: RetryPolicy;
}

/** An answer, cut down to what `pick` takes of it. */
export interface RestPage {
  readonly value: unknown;
  /** How many pages the list has that this is one of. */
  readonly pages: number;
  /** It is the one that was read before (304). */
  readonly unchanged: boolean;
}

export interface GetOptions {
  readonly signal?: AbortSignal | undefined;
  /** What of the answer is looked at: that alone is kept for the next time. */
  pick(value: unknown): unknown;
}

const MAX_BYTES = 8 * 1024 * 1024;
// GitHub asks for at most 100 requests at a time, of all clients of a token.
const LIMIT = { start: 8, ceiling: 32 };

/** GitHub's REST API: one login, one pace, a bounded number of requests at a time, and what was read before by ETag. */
export class RestApi {
  readonly #options: RestApiOptions;
  readonly #limiter = new Limiter(LIMIT);
  readonly #pace;
  #login: Promise<Secret | undefined> | undefined;

  constructor(options: RestApiOptions) {
    this.#options = options;
    this.#pace = createPace(options.time);
  }

  urlOf(path: string): URL {
    return new URL(path, this.#options.api);
  }

  /** Undefined where there is none (404). */
  async get(url: URL, { signal, pick }: GetOptions): Promise<RestPage | undefined> {
    const { cache } = this.#options;
    const cached = await cache.get(url.href);
    const headers = cached === undefined ? {} : { "if-none-match": cached.etag };
    return this.#exchange({ method: "GET", url, headers, signal }, async (answer) => {
      if (answer.status === 404) {
        await answer.discard();
        return undefined;
      }
      if (answer.status === 304 && cached !== undefined) {
        await answer.discard();
        return { ...cached, unchanged: true };
      }
      if (answer.status !== 200) throw await this.#failure(answer);
      const page = { value: pick(await jsonOf(answer)), pages: lastPage(answer) };
      const { etag } = answer.headers;
      if (etag !== undefined) await cache.set(url.href, { ...page, etag });
      return { ...page, unchanged: false };
    });
  }

  /** Repeating it is harmless: what is done already answers 404. */
  write(method: "DELETE" | "POST", url: URL, signal?: AbortSignal): Promise<VersionDeletion> {
    return this.#exchange({ method, url, headers: {}, signal }, async (answer) => {
      if (answer.status >= 200 && answer.status < 300) {
        await answer.discard();
        return { outcome: "deleted" };
      }
      if (answer.status === 404) {
        await answer.discard();
        return { outcome: "gone" };
      }
      if (answer.status !== 400 && answer.status !== 422) throw await this.#failure(answer);
      return { outcome: "refused", why: await wordsOf(answer) };
    });
  }

  #failure(answer: Answer): Promise<RegistryError> {
    return errorOfAnswer(answer, this.#options.time.clock());
  }

  #exchange<Result>(asked: Asked, use: (answer: Answer) => Promise<Result>): Promise<Result> {
    const { method, url, signal } = asked;
    const { transport, retry = DEFAULT_RETRY, time } = this.#options;
    if (url.protocol !== "https:" && !isLoopback(url.host)) {
      throw new RegistryError("REGISTRY_INSECURE", `a token is not sent to ${url.host} in plain text`);
    }
    return retrying(createRetryBudget(retry, time), signal, async () => {
      const headers = { ...(await this.#headers(url.host)), ...asked.headers };
      await this.#pace.take(method === "GET" ? "read" : "write", signal);
      await this.#limiter.acquire(signal);
      try {
        const context = { transport, insecure: [], origin: url.origin };
        const answer = await follow({ method, url, headers, signal }, context);
        this.#limiter.report({ throttled: isThrottled(answer), latencyMs: answer.latencyMs });
        return await use(answer);
      } finally {
        this.#limiter.release();
      }
    });
  }

  async #headers(host: string): Promise<Readonly<Record<string, string>>> {
    this.#login ??= this.#options.login();
    const token = await this.#login;
    if (token === undefined) {
      const scope = "a classic token with the scope read:packages";
      const hint =
        host === new URL(GITHUB_API).host
          ? `set GH_TOKEN to ${scope}`
          : `docker login ${host}, with ${scope}`;
      throw new RegistryError("REGISTRY_UNAUTHORIZED", `there is no login for ${host}`, { hint });
    }
    return {
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      // GitHub refuses requests without one.
      "user-agent": "lapstrake",
      authorization: `Bearer ${token.reveal()}`,
    };
  }
}

interface Asked {
  readonly method: "GET" | "DELETE" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

async function jsonOf(answer: Answer): Promise<unknown> {
  const body = await readBody(answer, MAX_BYTES);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new RegistryError("REGISTRY_PROTOCOL", `${answer.url.host} answered with no JSON`, { cause });
  }
}

// GitHub writes each link as <URL>; rel="WORD".
const LAST = /<[^<>]{0,2000}[?&]page=(\d{1,7})[^<>]{0,2000}>;\s*rel="last"/;

/** From the Link header's rel="last"; this page is the last where there is none. */
function lastPage(answer: Answer): number {
  const { link } = answer.headers;
  return Number(LAST.exec(Array.isArray(link) ? link.join(", ") : (link ?? ""))?.[1] ?? "1");
}
