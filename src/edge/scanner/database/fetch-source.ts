import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { digestOfExport } from "../exports/digest-of-export.ts";
import { ExportError } from "../exports/error.ts";
import { DatabaseError, databaseFailure } from "./error.ts";
import type { DatabaseSource } from "./port.ts";

/** The public exports of all ecosystems together have less. */
const MAX_DOWNLOAD = 8 * 1024 ** 3;

/** The body of an answer to a GET, whole and no longer than `limit`, or an error. */
export type Download = (url: URL, options: DownloadOptions) => AsyncIterable<Uint8Array>;

export interface DownloadOptions {
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

export interface FetchedSource extends DatabaseSource {
  /** Where it can be read. */
  readonly path: string;
}

/** An export at a place on this machine; `into` is where the bytes of an address go. */
export async function fetchSource(
  from: string,
  into: string,
  { download, signal }: { readonly download: Download; readonly signal: AbortSignal | undefined },
): Promise<FetchedSource> {
  if (isAbsolute(from)) return { from, path: from, bytes: await digestOfExport(from, signal) };
  const url = addressOf(from);
  const options = { limit: MAX_DOWNLOAD, signal };
  try {
    await pipeline(Readable.from(download(url, options)), createWriteStream(into, { flags: "wx" }));
  } catch (thrown) {
    signal?.throwIfAborted();
    throw databaseFailure(into, thrown, "write");
  }
  if ((await stat(into)).size === 0)
    throw new DatabaseError("DATABASE_SOURCE", `expected an export at ${from}, found nothing`);
  return { from, path: into, bytes: await digestOfExport(into, signal) };
}

/** A file that is written to while it is read may be half of one and half of another: its digest would vouch for neither. */
export async function refuseChanged(
  { path, bytes }: FetchedSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await digestOfExport(path, signal)) === bytes) return;
  throw new ExportError("EXPORT_FORM", `${path} changed while it was read`, { hint: "run it again" });
}

/** Plain HTTP proves nothing of who answers; only this machine itself may be asked by it. */
function addressOf(from: string): URL {
  const url = URL.canParse(from) ? new URL(from) : undefined;
  const isLocal = url?.protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (url !== undefined && url.username === "" && (url.protocol === "https:" || isLocal)) return url;
  throw new DatabaseError("DATABASE_SOURCE", `expected a path or an https address, found ${from}`, {
    hint: "addresses carry no user and password; credentials are not sent for advisories",
  });
}
