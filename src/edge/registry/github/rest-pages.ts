import type { Secret } from "../../../core/base/secret.ts";
import { RegistryError } from "../error.ts";
import { readBody } from "../http/body.ts";
import { isLoopback } from "../http/endpoint.ts";
import type { Answer } from "../http/exchange.ts";
import { follow } from "../http/redirect.ts";
import { createRetryBudget, DEFAULT_RETRY, type RetryPolicy, retrying } from "../http/retry.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import type { TimeSource } from "../http/time-source.ts";
import type { Transport } from "../http/transport.ts";

/** A page that was read before. GitHub counts a 304 against no limit, so an idle second listing is free. */
export interface CachedPage {
  readonly etag: string;
  readonly items: readonly unknown[];
  readonly pages: number;
}

/** Pages by URL; a Map is one. */
export interface PageCache {
  get(url: string): CachedPage | undefined;
  set(url: string, page: CachedPage): unknown;
}

export interface RestOptions {
  readonly transport: Transport;
  readonly token: Secret;
  readonly time: TimeSource;
  readonly cache: PageCache;
  readonly api: string;
  readonly retry?: RetryPolicy;
}

interface Page {
  readonly items: readonly unknown[];
  readonly pages: number;
  readonly unchanged: boolean;
}

export const PAGE_SIZE = 100;
// 133,000 tags in one package have been seen.
const MAX_PAGES = 3000;
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
// GitHub asks for at most 100 requests at a time, of all clients of a token.
const AT_ONCE = 10;
const ROUNDS = 3;

/**
 * All items of a paged list, in its order; undefined where there is none (404). The first page says how many there are,
 * the others come ten at a time. A list that changes meanwhile shifts its pages, so that an item falls between two. But
 * then the last page is another, or the first where something is new: both are asked again at the end, and where one
 * changed all is read anew.
 */
export async function readRestList(
  options: RestOptions,
  path: string,
  signal?: AbortSignal,
): Promise<readonly unknown[] | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const first = await readPage(options, pageOf(options, path, 1), signal);
    if (first === undefined) return undefined;
    if (first.pages > MAX_PAGES) {
      throw new RegistryError(
        "REGISTRY_TOO_LARGE",
        `${path} has ${first.pages} pages, more than ${MAX_PAGES}`,
      );
    }
    if (first.pages === 1) return first.items;
    const read = (n: number): Promise<Page | undefined> =>
      readPage(options, pageOf(options, path, n), signal);
    // Before the others, so that whatever moves while those are read is seen at one of the two ends.
    const last = await read(first.pages);
    const items = [...first.items];
    for (let at = 2; at < first.pages; at += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, first.pages - at) }, (_, index) => at + index);
      for (const page of await Promise.all(numbers.map(read))) items.push(...(page?.items ?? []));
    }
    items.push(...(last?.items ?? []));
    const ends = await Promise.all([read(1), read(first.pages)]);
    if (ends.every((page) => page?.unchanged === true)) return items;
  }
  throw new RegistryError("REGISTRY_PROTOCOL", `${path} changes all the time, or its server gives no ETag`);
}

/** One JSON value of the API; undefined where there is none (404). */
export async function readRestValue(
  options: RestOptions,
  path: string,
  signal?: AbortSignal,
): Promise<unknown> {
  return exchange(options, new URL(path, options.api), { signal }, async (answer) => json(answer));
}

function pageOf({ api }: RestOptions, path: string, page: number): URL {
  const url = new URL(path, api);
  url.searchParams.set("per_page", String(PAGE_SIZE));
  url.searchParams.set("page", String(page));
  return url;
}

async function readPage(options: RestOptions, url: URL, signal?: AbortSignal): Promise<Page | undefined> {
  const cached = options.cache.get(url.href);
  return exchange(options, url, { etag: cached?.etag, signal }, async (answer) => {
    if (answer.status === 304 && cached !== undefined) {
      await answer.discard();
      return { ...cached, unchanged: true };
    }
    const items = await json(answer);
    if (!Array.isArray(items)) throw new RegistryError("REGISTRY_PROTOCOL", `${url.pathname} is no list`);
    const page = { items, pages: lastPage(answer) };
    const { etag } = answer.headers;
    if (etag !== undefined) options.cache.set(url.href, { ...page, etag });
    return { ...page, unchanged: false };
  });
}

interface Asked {
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

function exchange<Result>(
  options: RestOptions,
  url: URL,
  { etag, signal }: Asked,
  use: (answer: Answer) => Promise<Result>,
): Promise<Result | undefined> {
  if (url.protocol !== "https:" && !isLoopback(url.host)) {
    throw new RegistryError("REGISTRY_INSECURE", `a token is not sent to ${url.host} in plain text`);
  }
  const headers = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    // GitHub refuses requests without one.
    "user-agent": "lapstrake",
    authorization: `Bearer ${options.token.reveal()}`,
    ...(etag === undefined ? {} : { "if-none-match": etag }),
  };
  const context = { transport: options.transport, insecure: [], origin: url.origin };
  return retrying(createRetryBudget(options.retry ?? DEFAULT_RETRY, options.time), signal, async () => {
    const answer = await follow({ method: "GET", url, headers, signal }, context);
    if (answer.status === 200 || answer.status === 304) return use(answer);
    await answer.discard();
    if (answer.status === 404) return undefined;
    throw errorOf(url, answer, options.time.clock());
  });
}

/** By "Rate limits for the REST API": 403 or 429, with Retry-After or with the second at which the limit is reset. */
function errorOf(url: URL, { status, headers }: Answer, now: number): RegistryError {
  const what = `${url.host} answered ${status} to ${url.pathname}`;
  const after = parseRetryAfter(headers["retry-after"], now);
  const reset =
    headers["x-ratelimit-remaining"] === "0" ? Number(headers["x-ratelimit-reset"]) * 1000 - now : Number.NaN;
  const wait = after ?? (Number.isNaN(reset) ? undefined : Math.max(0, reset));
  if (status === 429 || (status === 403 && wait !== undefined)) {
    return new RegistryError("REGISTRY_RATE_LIMITED", what, {
      temporary: true,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    });
  }
  if (status >= 500) return new RegistryError("REGISTRY_UNAVAILABLE", what, { temporary: true });
  if (status === 401) return new RegistryError("REGISTRY_UNAUTHORIZED", what);
  if (status === 403) {
    const hint = "a classic token with the scope read:packages is needed";
    return new RegistryError("REGISTRY_DENIED", what, { hint });
  }
  return new RegistryError("REGISTRY_REFUSED", what);
}

async function json(answer: Answer): Promise<unknown> {
  const body = await readBody(answer, MAX_PAGE_BYTES);
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
