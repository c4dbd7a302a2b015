import { hash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Advisory, AdvisoryIndex, AdvisoryKey } from "../../../core/advisory/osv/advisory.ts";
import { type Digest, digestOf } from "../../../core/base/digest.ts";
import { changed, databaseFailure } from "./error.ts";
import { type IndexLine, IndexLines } from "./index-lines.ts";
import { FILES, FORMAT, indexKey, type PackHead } from "./pack-format.ts";

/** A database that is open. */
export interface OpenPack {
  readonly head: PackHead;
  /** The advisories of these packages; DatabaseError DATABASE_CHANGED where one is not what the index vouches for. */
  load(keys: readonly AdvisoryKey[]): Promise<AdvisoryIndex>;
  /** Reads all of it, and throws as `load` does. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the database in this folder whose index has this digest. Throws DatabaseError DATABASE_CHANGED, DATABASE_UNREADABLE. */
export async function openPack(folder: string, index: Digest): Promise<OpenPack> {
  const [indexPath, recordsPath] = [join(folder, FILES.index), join(folder, FILES.records)];
  try {
    const bytes = await readFile(indexPath);
    if (digestOf(bytes) !== index) throw changed(indexPath);
    const lines = new IndexLines(bytes);
    // Written by `PackWriter` alone: the digest says so.
    const head = JSON.parse(lines.head()) as PackHead;
    if (head.format !== FORMAT) throw changed(indexPath);
    return packOf({ head, lines, file: await open(recordsPath, "r"), path: recordsPath });
  } catch (thrown) {
    throw databaseFailure(folder, thrown, "read");
  }
}

interface Opened {
  readonly head: PackHead;
  readonly lines: IndexLines;
  readonly file: FileHandle;
  readonly path: string;
}

function packOf(opened: Opened): OpenPack {
  const { head, lines, file, path } = opened;
  return {
    head,
    close: () => file.close(),
    async load(keys) {
      const found = new Map<string, readonly Advisory[]>();
      for (const { ecosystem, name } of keys) {
        const key = indexKey(ecosystem, name);
        const place = `${ecosystem}\t${name}`;
        const line = found.has(place) ? undefined : lines.find(key);
        if (line !== undefined) found.set(place, await readAdvisories(opened, line));
      }
      return {
        ecosystems: new Set(Object.keys(head.ecosystems)),
        find: ({ ecosystem, name }) => found.get(`${ecosystem}\t${name}`) ?? [],
      };
    },
    async verify() {
      const { size } = await file.stat();
      let end = 0;
      for (const line of lines.all()) {
        if (line.offset !== end) throw changed(path);
        await readLine(opened, line);
        end += line.length;
      }
      if (end !== size) throw changed(path);
    },
  };
}

async function readAdvisories(opened: Opened, line: IndexLine): Promise<readonly Advisory[]> {
  // Written by `PackWriter` alone: the digest says so.
  return JSON.parse((await readLine(opened, line)).toString("utf8")) as readonly Advisory[];
}

async function readLine({ file, path }: Opened, { offset, length, sha256 }: IndexLine): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw changed(path);
      done += bytesRead;
    }
  } catch (thrown) {
    throw databaseFailure(path, thrown, "read");
  }
  if (hash("sha256", bytes, "hex") !== sha256) throw changed(path);
  return bytes;
}
