import { RegistryError } from "../error.ts";
import { mayBePlain } from "./endpoint.ts";
import type { Answer, Exchange } from "./exchange.ts";
import type { Transport } from "./transport.ts";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_HOPS = 5;

export interface FollowContext {
  readonly transport: Transport;
  readonly insecure: readonly string[];
  /** The only origin that may see the Authorization header. */
  readonly origin: string;
}

/**
 * Sends, and follows redirects of GET and HEAD by hand: the login stays with its origin (distribution-spec: clients MUST
 * NOT forward it), TLS is never left, and there is an end to it. Other methods are answered by the redirect itself.
 */
export async function follow(exchange: Exchange, context: FollowContext): Promise<Answer> {
  const repeatable = exchange.method === "GET" || exchange.method === "HEAD";
  let sent = exchange;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const answer = await context.transport.send(sent);
    const { location } = answer.headers;
    if (!repeatable || location === undefined || !REDIRECTS.has(answer.status)) return answer;
    await answer.discard();
    const url = resolveLocation(sent.url, location, context.insecure);
    const { authorization: _, ...bare } = exchange.headers;
    sent = { ...exchange, url, headers: url.origin === context.origin ? exchange.headers : bare };
  }
  throw new RegistryError("REGISTRY_PROTOCOL", `${exchange.url.host} redirects without end`);
}

/**
 * A Location or Link from a registry, against the URL that it came from. Registries behind a TLS proxy often write
 * `http://` with their own name: that is read as https. Any other step from https to http is refused.
 */
export function resolveLocation(from: URL, location: string, insecure: readonly string[]): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:") || url.username !== "") {
    throw new RegistryError("REGISTRY_PROTOCOL", `${from.host} points to a place that is no web address`);
  }
  if (url.protocol === "https:") return url;
  if (from.protocol === "https:" && url.hostname === from.hostname) return onOrigin(from, url);
  if (from.protocol === "https:" || !mayBePlain(url.host, insecure)) {
    throw new RegistryError("REGISTRY_INSECURE", `${from.host} points to ${url.host} without TLS`);
  }
  return url;
}

/** The same path and query at another's scheme, host and port. */
export function onOrigin(origin: URL, url: URL): URL {
  return new URL(`${url.pathname}${url.search}`, origin.origin);
}
