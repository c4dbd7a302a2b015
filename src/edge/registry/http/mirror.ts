import { RegistryError } from "../error.ts";
import type { Endpoint, Endpoints } from "./endpoint.ts";

type Wanted = { readonly host: string; readonly digest?: string };

/**
 * Asks for an image where it may be. A digest proves what it gets, so mirrors are asked first, and any failure of theirs
 * is passed over. A tag's meaning is the registry's own word, which a mirror that is behind would change: mirrors are
 * asked for it only where the registry itself cannot be reached. What the registry says, found or not, is final.
 */
export async function fromPlaces<T>(
  wanted: Wanted,
  endpoints: Endpoints,
  ask: (endpoint: Endpoint) => Promise<T | undefined>,
): Promise<T | undefined> {
  const own = endpoints.own(wanted.host);
  const mirrors = endpoints.mirrors(wanted.host);
  if (wanted.digest !== undefined) return (await fromMirrors(mirrors, ask)) ?? ask(own);
  try {
    return await ask(own);
  } catch (error) {
    const found = isOutOfReach(error) ? await fromMirrors(mirrors, ask) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

async function fromMirrors<T>(
  mirrors: readonly Endpoint[],
  ask: (endpoint: Endpoint) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const mirror of mirrors) {
    try {
      const found = await ask(mirror);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
    }
  }
  return undefined;
}

/** A blob from the first place that gives its first bytes; a mirror that fails later fails the stream. */
export async function* streamFromPlaces(
  host: string,
  endpoints: Endpoints,
  open: (endpoint: Endpoint) => AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const mirror of endpoints.mirrors(host)) {
    const stream = open(mirror);
    let first: IteratorResult<Uint8Array>;
    try {
      first = await stream.next();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      continue;
    }
    if (first.done !== true) yield first.value;
    yield* stream;
    return;
  }
  yield* open(endpoints.own(host));
}

function isOutOfReach(error: unknown): boolean {
  return (
    error instanceof RegistryError &&
    (error.code === "REGISTRY_UNREACHABLE" || error.code === "REGISTRY_UNAVAILABLE")
  );
}
