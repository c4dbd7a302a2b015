import type { Digest } from "../../../core/base/digest.ts";
import { RegistryError } from "../error.ts";
import type { BlobSource, PutBlobOptions } from "../port.ts";
import { type BlobPlace, hasBlob } from "./blobs.ts";
import type { Call, Caller } from "./caller.ts";
import { resolveLocation } from "./redirect.ts";
import { repositoryScope, type Scope } from "./scope.ts";
import type { Answer } from "./transport.ts";
import { createVerifier } from "./verify.ts";

/**
 * Uploads a blob unless it is there: HEAD, then POST (with a mount where a source is known), then one PUT. After a
 * connection that broke, what the registry kept is asked for, and only the rest is sent; else it starts anew.
 */
export async function putBlob(
  caller: Caller,
  place: BlobPlace,
  source: BlobSource,
  options: PutBlobOptions,
): Promise<void> {
  const budget = caller.budget();
  let broken: URL | undefined;
  for (;;) {
    let session: URL | undefined;
    try {
      // Again after each failure: the answer may be all that was lost.
      if (await hasBlob(caller, place, source, options)) return;
      if (broken !== undefined && (await resume(caller, { place, source, session: broken, options }))) return;
      session = await startSession(caller, place, source.digest, options);
      if (session !== undefined) await sendWhole(caller, { place, source, session, options });
      return;
    } catch (error) {
      await budget.next(error, options.signal);
      broken = session;
    }
  }
}

/** The URL of an upload session, or undefined where the blob was mounted and nothing is left to do. */
async function startSession(
  caller: Caller,
  place: BlobPlace,
  digest: Digest,
  options: PutBlobOptions,
): Promise<URL | undefined> {
  const { endpoint } = place;
  const mount =
    options.from === undefined
      ? ""
      : `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(`${endpoint.prefix}${options.from}`)}`;
  const call: Call = {
    ...uploadCall("POST", place, options),
    at: `${endpoint.prefix}${place.at.repository}/blobs/uploads/${mount}`,
    headers: { "content-length": "0" },
  };
  return caller.once(call, async (answer) => {
    if (answer.status === 201 && mount !== "") {
      await answer.discard();
      return undefined;
    }
    // 202 to a mount: the registry does not do it, or the source is gone; the session is open all the same.
    if (answer.status !== 202) throw await caller.failure(call, answer);
    await answer.discard();
    return locationOf(caller, answer);
  });
}

export function locationOf(caller: Caller, answer: Answer): URL {
  const { location } = answer.headers;
  if (location === undefined) {
    throw new RegistryError(
      "REGISTRY_PROTOCOL",
      `${answer.url.host} opened an upload and does not say where`,
    );
  }
  return resolveLocation(answer.url, location, caller.insecure);
}

interface Sending {
  readonly place: BlobPlace;
  readonly source: BlobSource;
  readonly session: URL;
  readonly options: PutBlobOptions;
}

async function sendWhole(caller: Caller, { place, source, session, options }: Sending): Promise<void> {
  const at = new URL(session);
  at.searchParams.set("digest", source.digest);
  const call: Call = {
    ...uploadCall("PUT", place, options),
    at,
    headers: { "content-type": "application/octet-stream", "content-length": String(source.size) },
    content: () => checked(source),
    line: "upload",
  };
  await caller.once(call, async (answer) => {
    if (answer.status !== 201 && answer.status !== 204) throw await caller.failure(call, answer);
    await answer.discard();
  });
}

/**
 * Sends what an interrupted session lacks, and closes it. False where the registry kept nothing or does not resume
 * (Distribution 2.8 does only at the end of a chunk): then a new session must do.
 */
async function resume(caller: Caller, { place, source, session, options }: Sending): Promise<boolean> {
  const asking: Call = { ...uploadCall("GET", place, options), at: session };
  const kept = await caller.once(asking, async (answer) => {
    await answer.discard();
    const end =
      answer.status === 204 ? Number(/^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? "")?.[1] ?? 0) : 0;
    // "0-0" is said of one byte and of none.
    return end > 0 && end < source.size ? { from: end + 1, at: locationOf(caller, answer) } : undefined;
  });
  if (kept === undefined) return false;
  const sending: Call = {
    ...uploadCall("PATCH", place, options),
    at: kept.at,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(source.size - kept.from),
      "content-range": `${kept.from}-${source.size - 1}`,
    },
    content: () => checked(source, kept.from),
    line: "upload",
  };
  const last = await caller.once(sending, async (answer) => {
    await answer.discard();
    return answer.status === 202 ? locationOf(caller, answer) : undefined;
  });
  if (last === undefined) return false;
  last.searchParams.set("digest", source.digest);
  const closing: Call = {
    ...uploadCall("PUT", place, options),
    at: last,
    headers: { "content-length": "0" },
  };
  return caller.once(closing, async (answer) => {
    await answer.discard();
    return answer.status === 201 || answer.status === 204;
  });
}

/** The source's bytes, checked: what is sent is what the digest says, whatever the registry would accept. */
async function* checked(source: BlobSource, from = 0): AsyncGenerator<Uint8Array> {
  const verifier = createVerifier(source, "the source of the upload");
  for await (const part of source.open()) {
    const skip = Math.min(part.byteLength, Math.max(0, from - verifier.seen));
    verifier.add(part);
    // The last part is held back until the whole is known to be right: a wrong blob is never sent to its end.
    if (verifier.seen === source.size) verifier.finish();
    if (skip < part.byteLength) yield part.subarray(skip);
  }
  if (verifier.seen !== source.size || source.size === 0) verifier.finish();
}

export function uploadCall(
  method: string,
  { endpoint, at }: BlobPlace,
  options: PutBlobOptions,
): Omit<Call, "at"> {
  const scopes: Scope[] = [repositoryScope(`${endpoint.prefix}${at.repository}`, "pull,push")];
  if (options.from !== undefined) scopes.push(repositoryScope(`${endpoint.prefix}${options.from}`, "pull"));
  return {
    endpoint,
    method,
    scopes,
    what: `an upload to ${at.repository}`,
    signal: options.signal,
  };
}
