import { RegistryError } from "../error.ts";
import type { BlobSource, PutBlobOptions } from "../port.ts";
import { type BlobPlace, hasBlob } from "./blobs.ts";
import type { Call, Caller } from "./caller.ts";
import type { Answer } from "./exchange.ts";
import { resolveLocation } from "./redirect.ts";
import { repositoryScope, type Scope } from "./scope.ts";
import { openUploadSource, type UploadSource } from "./upload-source.ts";

export interface UploadOptions extends PutBlobOptions {
  /**
   * Blobs above so many bytes are sent in pieces of that size, for registries behind something that limits a body. A
   * break then costs one piece, also where (as with Distribution 2.8) a half-sent body cannot be resumed.
   */
  readonly pieceBytes?: number;
}

interface Upload {
  readonly place: BlobPlace;
  readonly blob: BlobSource;
  readonly source: UploadSource;
  readonly options: UploadOptions;
}

/** Where the next byte goes, and which that is. */
interface Session {
  readonly at: URL;
  readonly from: number;
}

/**
 * Uploads a blob unless it is there: HEAD, then POST (with a mount where a source is known), then one PUT, or pieces.
 * After a connection that broke, what the registry kept is asked for, and only the rest is sent; else it starts anew.
 */
export async function putBlob(
  caller: Caller,
  place: BlobPlace,
  blob: BlobSource,
  options: UploadOptions,
): Promise<void> {
  const budget = caller.budget();
  const upload: Upload = { place, blob, source: openUploadSource(blob), options };
  let session: Session | undefined;
  let anew = 0;
  const reached = (now: Session): void => {
    if (now.from > (session?.from ?? 0)) budget.progress();
    session = now;
  };
  try {
    for (;;) {
      try {
        // Again after each failure: the answer may be all that was lost.
        if (await hasBlob(caller, place, blob, options)) return;
        const kept = session === undefined ? undefined : await keptBy(caller, upload, session.at);
        session = kept ?? (await startSession(caller, upload));
        if (session !== undefined) await send(caller, upload, session, reached);
        return;
      } catch (error) {
        // A session that is resumed and then refused is no reason to give up: a new one is.
        const resumed = (session?.from ?? 0) > 0 && error instanceof RegistryError;
        if (!resumed || !REFUSALS.has(error.code) || anew++ >= MAX_ANEW)
          await budget.next(error, options.signal);
        else session = undefined;
      }
    }
  } finally {
    await upload.source.close();
  }
}

const MAX_ANEW = 2;
const REFUSALS: ReadonlySet<string> = new Set(["REGISTRY_REFUSED", "REPOSITORY_UNKNOWN"]);

/** A new upload session, or undefined where the blob was mounted and nothing is left to do. */
async function startSession(caller: Caller, { place, blob, options }: Upload): Promise<Session | undefined> {
  const { endpoint } = place;
  const mount =
    options.from === undefined
      ? ""
      : `?mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(`${endpoint.prefix}${options.from}`)}`;
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
    return { at: locationOf(caller, answer), from: 0 };
  });
}

function locationOf(caller: Caller, answer: Answer): URL {
  const { location } = answer.headers;
  if (location === undefined) {
    throw new RegistryError(
      "REGISTRY_PROTOCOL",
      `${answer.url.host} opened an upload and does not say where`,
    );
  }
  return resolveLocation(answer.url, location, caller.insecure);
}

/**
 * What the registry kept of a session, or undefined where that is nothing. Distribution 2.8 resumes only at the end of
 * a piece, and refuses what follows otherwise.
 */
async function keptBy(
  caller: Caller,
  { place, blob, options }: Upload,
  at: URL,
): Promise<Session | undefined> {
  const call: Call = { ...uploadCall("GET", place, options), at };
  return caller.once(call, async (answer) => {
    await answer.discard();
    if (answer.status !== 204) return undefined;
    const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? "")?.[1] ?? 0);
    // "0-0" is said of one byte and of none.
    return end > 0 && end < blob.size ? { from: end + 1, at: locationOf(caller, answer) } : undefined;
  });
}

/** Sends from where the session stands to the end: at once where it is new and the blob is no more than one piece. */
async function send(
  caller: Caller,
  upload: Upload,
  start: Session,
  reached: (session: Session) => void,
): Promise<void> {
  const { size } = upload.blob;
  const piece = upload.options.pieceBytes ?? Infinity;
  if (start.from === 0 && size <= piece) return close(caller, upload, start);
  let session = start;
  while (session.from < size) {
    session = await sendPiece(caller, upload, session, Math.min(size, session.from + piece));
    reached(session);
  }
  return close(caller, upload, session);
}

function sendPiece(caller: Caller, upload: Upload, { at, from }: Session, to: number): Promise<Session> {
  const call: Call = {
    ...uploadCall("PATCH", upload.place, upload.options),
    at,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(to - from),
      "content-range": `${from}-${to - 1}`,
    },
    content: () => upload.source.slice(from, to),
    line: "upload",
  };
  return caller.once(call, async (answer) => {
    if (answer.status !== 202) throw await caller.failure(call, answer);
    await answer.discard();
    return { at: locationOf(caller, answer), from: to };
  });
}

/** The PUT that makes a blob of the session, with all that was not sent yet. */
async function close(caller: Caller, upload: Upload, { at, from }: Session): Promise<void> {
  const { digest, size } = upload.blob;
  const url = new URL(at);
  url.searchParams.set("digest", digest);
  const call: Call = {
    ...uploadCall("PUT", upload.place, upload.options),
    at: url,
    headers: { "content-type": "application/octet-stream", "content-length": String(size - from) },
    ...(from < size || size === 0 ? { content: () => upload.source.slice(from, size) } : {}),
    line: "upload",
  };
  await caller.once(call, async (answer) => {
    if (answer.status !== 201 && answer.status !== 204) throw await caller.failure(call, answer);
    await answer.discard();
  });
}

function uploadCall(method: string, { endpoint, at }: BlobPlace, options: UploadOptions): Omit<Call, "at"> {
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
