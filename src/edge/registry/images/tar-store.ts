import { open } from "node:fs/promises";
import { AuditError } from "../../../core/audit/error.ts";
import { plainPath } from "../../../core/audit/image/path.ts";
import type { TarEntry } from "../../../core/audit/tar/entry.ts";
import { TarReader } from "../../../core/audit/tar/reader.ts";
import type { CallOptions } from "../port.ts";
import type { FileStore } from "./file-store.ts";

/** An archive of an image has some entries for each layer. */
const MAX_ENTRIES = 100_000;
/** A header and the start of what follows. */
const HEAD = 4096;
const PIECE = 256 * 1024;
/** Older engines store a layer that occurs twice as a link to the first. */
const MAX_LINKS = 8;

/** Where the content of a file lies in the archive, or which other file it is. */
export type ArchiveEntry =
  | { readonly type: "file"; readonly offset: number; readonly size: number }
  | { readonly type: "link"; readonly target: string };

/** Bytes that can be read at any place. */
export interface ArchiveBytes {
  readonly size: number;
  /** Gives how many bytes were read; 0 at the end. */
  read(into: Uint8Array, at: number): Promise<number>;
  close(): Promise<void>;
}

/** A tar archive on disk. Throws what `listTar` throws. */
export async function openTarStore(file: string): Promise<FileStore> {
  const handle = await open(file, "r");
  const bytes: ArchiveBytes = {
    size: (await handle.stat()).size,
    read: async (into, at) => (await handle.read(into, 0, into.length, at)).bytesRead,
    close: () => handle.close(),
  };
  try {
    return await listTar(bytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The files of a tar archive by its headers: contents are passed over, so an archive of any size is listed at once. Throws
 * AuditError TAR_INVALID, TAR_TRUNCATED, ARCHIVE_INVALID.
 */
export async function listTar(bytes: ArchiveBytes): Promise<FileStore> {
  const listing = new ArchiveListing();
  const reader = new TarReader((entry) => void listing.add(entry, reader.position));
  const head = new Uint8Array(HEAD);
  while (!reader.isEnded && reader.position < bytes.size) {
    const count = await bytes.read(head, reader.position);
    if (count === 0) break;
    reader.write(head.subarray(0, count));
    reader.skip();
  }
  reader.end();
  if (reader.position > bytes.size)
    throw new AuditError("TAR_TRUNCATED", "the archive ends in the middle of a file");
  return storeOf(bytes, listing.entries);
}

/** Collects entries by plain path. Throws AuditError ARCHIVE_INVALID. */
export class ArchiveListing {
  readonly #entries = new Map<string, ArchiveEntry>();

  get entries(): ReadonlyMap<string, ArchiveEntry> {
    return this.#entries;
  }

  /** Gives its plain path; undefined where it is no file, or one that no image has a use for. */
  add(entry: TarEntry, offset: number): string | undefined {
    const plain = plainPath(entry.path);
    // What leads out of the archive is no part of an image, and nothing is ever written anywhere.
    if (!plain.ok) return undefined;
    const { path } = plain;
    if (this.#entries.has(path))
      throw invalid(`${path} stands in it twice: readers would not agree on which is meant`);
    if (this.#entries.size >= MAX_ENTRIES) throw invalid(`it has more than ${MAX_ENTRIES} entries`);
    if (entry.type === "file" && !entry.sparse) {
      this.#entries.set(path, { type: "file", offset, size: entry.size });
      return path;
    }
    const target = linkTarget(path, entry);
    if (target !== undefined) this.#entries.set(path, { type: "link", target });
    return undefined;
  }
}

function linkTarget(path: string, { type, target }: TarEntry): string | undefined {
  if (type !== "symlink" && type !== "hardlink") return undefined;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const plain = plainPath(type === "symlink" && !target.startsWith("/") ? `${folder}${target}` : target);
  return plain.ok ? plain.path : undefined;
}

/** The path of the file that a path means in an archive, links followed; undefined where it means none. */
export function followLinks(entries: ReadonlyMap<string, ArchiveEntry>, path: string): string | undefined {
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = entries.get(at);
    if (entry?.type !== "link") return entry === undefined ? undefined : at;
    at = entry.target;
  }
  return undefined;
}

function storeOf(bytes: ArchiveBytes, entries: ReadonlyMap<string, ArchiveEntry>): FileStore {
  const find = (path: string) => {
    const entry = entries.get(followLinks(entries, path) ?? "");
    return entry?.type === "file" ? entry : undefined;
  };
  return {
    sizeOf: (path) => Promise.resolve(find(path)?.size),
    open: (path, options) => readRange(bytes, find(path) ?? { offset: 0, size: 0 }, options),
    close: () => bytes.close(),
  };
}

async function* readRange(
  bytes: ArchiveBytes,
  { offset, size }: { readonly offset: number; readonly size: number },
  { signal }: CallOptions,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(PIECE, size - at));
    const count = await bytes.read(buffer, offset + at);
    if (count === 0) throw new AuditError("TAR_TRUNCATED", "the archive became shorter while it was read");
    yield buffer.subarray(0, count);
    at += count;
  }
}

function invalid(why: string): AuditError {
  return new AuditError("ARCHIVE_INVALID", `the archive is not read: ${why}`);
}
