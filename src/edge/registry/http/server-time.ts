import type { Clock } from "../../../core/base/clock.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Transport } from "./transport.ts";

/** A server's clock against ours. Milliseconds since 1970 UTC. */
export interface ServerTime {
  readonly host: string;
  readonly theirs: number;
  /** Our time in the middle of the exchange. */
  readonly ours: number;
}

/**
 * The `Date` header (RFC 9110 section 6.6.1, whole seconds) of the registry's answer, whatever that is: a 401 has the
 * time too. Undefined where it sends none. No login is shown. RegistryError where the host does not answer.
 */
export async function readServerTime(options: {
  readonly transport: Transport;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}): Promise<ServerTime | undefined> {
  const { transport, endpoint, clock, signal } = options;
  const before = clock();
  const answer = await transport.send({ method: "GET", url: endpoint.base, headers: {}, signal });
  const ours = (before + clock()) / 2;
  await answer.discard();
  const theirs = Date.parse(answer.headers.date ?? "");
  return Number.isNaN(theirs) ? undefined : { host: endpoint.host, theirs, ours };
}
