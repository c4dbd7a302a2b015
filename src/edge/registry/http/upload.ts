import type { Digest } from "../../../core/base/digest.ts";
import { RegistryError } from "../error.ts";
import type { BlobSource, PutBlobOptions } from "../port.ts";
import { type BlobPlace, hasBlob } from "./blobs.ts";
import type { Call, Caller } from "./caller.ts";
import { resolveLocation } from "./redirect.ts";
import { retrying } from "./retry.ts";
import { repositoryScope, type Scope } from "./scope.ts";
import type { Answer } from "./transport.ts";
import { createVerifier } from "./verify.ts";

/** Uploads a blob unless it is there: HEAD, then POST (with a mount where a source is known), then one PUT. */
export async function putBlob(
  caller: Caller,
  place: BlobPlace,
  source: BlobSource,
  options: PutBlobOptions,
): Promise<void> {
  if (await hasBlob(caller, place, source, options)) return;
  await retrying(caller.budget(), options.signal, async () => {
    const session = await startSession(caller, place, source.digest, options);
    if (session !== undefined) await sendWhole(caller, { place, source, session, options });
  });
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
      answer.discard();
      return undefined;
    }
    // 202 to a mount: the registry does not do it, or the source is gone; the session is open all the same.
    if (answer.status !== 202) throw await caller.failure(call, answer);
    answer.discard();
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
    answer.discard();
  });
}

/** The source's bytes, checked: what is sent is what the digest says, whatever the registry would accept. */
async function* checked(source: BlobSource): AsyncGenerator<Uint8Array> {
  const verifier = createVerifier(source, "the source of the upload");
  for await (const part of source.open()) {
    verifier.add(part);
    // The last part is held back until the whole is known to be right: a wrong blob is never sent to its end.
    if (verifier.seen === source.size) verifier.finish();
    yield part;
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
