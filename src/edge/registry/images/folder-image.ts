import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { LayerCollector } from "../../../core/audit/image/layer-collector.ts";
import { joinFacts } from "../../../core/audit/image/layer-facts.ts";
import type { TarEntry, TarType } from "../../../core/audit/tar/entry.ts";
import { digestOf } from "../../../core/base/digest.ts";
import { systemCode } from "../../../core/base/system-code.ts";
import { type Passed, readInPasses } from "../layers/passes.ts";
import { localFailure } from "./local-failure.ts";
import type { ImageAsk, ImageSource } from "./port.ts";
import { placeFailure, unknownImage } from "./unknown-image.ts";

const PIECE = 256 * 1024;
/** Neither through a link nor waiting for who writes into a pipe, should one be put in the place of a file meanwhile. */
const SAFELY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const EXPECTED = {
  expected: "a folder with the root of a file system",
  hint: "unpack one there: docker export CONTAINER | tar -x -C FOLDER",
};

/** As it is called without links. */
async function rootOf(folder: string): Promise<string> {
  const root = await realpath(folder);
  if (!(await lstat(root)).isDirectory()) throw unknownImage(`${folder} is no folder`);
  return root;
}

/**
 * The root of a file system that lies in a folder, as one layer. Links are read and never followed: what they lead to
 * outside is no part of it. Nothing of it is cached: nobody says when it changed.
 */
export function createFolderImage(folder: string, name: string): ImageSource {
  return {
    name,
    async read(ask) {
      // The folder itself may be named by a link.
      const root = await rootOf(folder).catch((thrown: unknown) => {
        throw localFailure({ path: folder, ...EXPECTED }, placeFailure(folder, thrown));
      });
      const read = await readInPasses(ask.questions, (questions) =>
        new FolderWalk(root, new LayerCollector(questions), ask).run(),
      );
      const facts = joinFacts(read.listing, read.answers);
      return { digest: undefined, config: undefined, layers: [facts], blobs: undefined };
    },
  };
}

class FolderWalk {
  readonly #folder: string;
  readonly #collector: LayerCollector;
  readonly #options: ImageAsk;
  readonly #buffer = Buffer.alloc(PIECE);
  /** By device and inode, the path of a file with several names that was seen first. */
  readonly #linked = new Map<string, string>();
  #bytes = 0;

  constructor(folder: string, collector: LayerCollector, options: ImageAsk) {
    this.#folder = folder;
    this.#collector = collector;
    this.#options = options;
  }

  async run(): Promise<Passed> {
    const open: string[] = [""];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      this.#options.signal?.throwIfAborted();
      const found = await this.#look(path);
      if (found?.isDirectory() !== true) continue;
      const names = await this.#names(path);
      open.push(...names.map((name) => (path === "" ? name : `${path}/${name}`)).reverse());
    }
    const { listing, answers } = this.#collector.finish(digestOf(""));
    const own = { ...listing, bytes: this.#bytes, diffId: digestOf(JSON.stringify(listing.entries)) };
    return { listing: own, answers, again: this.#collector.answers.map(({ again }) => again) };
  }

  /** Undefined for what could not be looked at; that is told. */
  async #look(path: string): Promise<Stats | undefined> {
    try {
      const stats = await lstat(join(this.#folder, path));
      await this.#take(path, stats);
      return stats;
    } catch (error) {
      const code = systemCode(error);
      // It went away, or is not ours to read. Whatever else fails is no matter of one file.
      if (code !== "ENOENT" && code !== "EACCES" && code !== "EPERM") throw error;
      return this.#collector.skip(path, `it could not be read (${code})`);
    }
  }

  async #names(path: string): Promise<readonly string[]> {
    try {
      return (await readdir(join(this.#folder, path))).sort();
    } catch (error) {
      const code = systemCode(error);
      if (code !== "ENOENT" && code !== "EACCES" && code !== "EPERM") throw error;
      this.#collector.skip(path, `what is in it could not be read (${code})`);
      return [];
    }
  }

  async #take(path: string, stats: Stats): Promise<void> {
    const type = typeOf(stats);
    // Sockets: no image has one, and tar leaves them out.
    if (type === undefined) return;
    const target =
      type === "symlink" ? await readlink(join(this.#folder, path)) : this.#firstName(path, stats);
    const entry: TarEntry = {
      path,
      type: type === "file" && target !== undefined ? "hardlink" : type,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      size: type === "file" && target === undefined ? stats.size : 0,
      target: target ?? "",
      sparse: false,
      capabilities: false,
    };
    if (entry.type === "file") this.#bytes += stats.size;
    const sink = this.#collector.take(entry);
    if (sink === undefined) return;
    await this.#read(path, stats.size, (piece) => sink.data(piece));
    sink.end();
  }

  /** Of a file with several names, the one that was seen first; undefined for that one itself. */
  #firstName(path: string, stats: Stats): string | undefined {
    if (!stats.isFile() || stats.nlink < 2) return undefined;
    const key = `${stats.dev} ${stats.ino}`;
    const first = this.#linked.get(key);
    if (first === undefined) this.#linked.set(key, path);
    return first;
  }

  /** As many bytes as the file had, also where it grows or shrinks meanwhile: readers count on it. */
  async #read(path: string, size: number, onPiece: (piece: Uint8Array) => void): Promise<void> {
    const file = await open(join(this.#folder, path), SAFELY);
    try {
      for (let at = 0; at < size; ) {
        this.#options.signal?.throwIfAborted();
        const count = await readInto(file, this.#buffer, Math.min(PIECE, size - at));
        onPiece(this.#buffer.subarray(0, count));
        this.#options.onBytes?.(count);
        at += count;
      }
    } finally {
      await file.close();
    }
  }
}

/** Zeros for what is not there any more. */
async function readInto(file: FileHandle, buffer: Buffer, wanted: number): Promise<number> {
  const { bytesRead } = await file.read(buffer, 0, wanted);
  if (bytesRead > 0) return bytesRead;
  buffer.fill(0, 0, wanted);
  return wanted;
}

function typeOf(stats: Stats): TarType | undefined {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isCharacterDevice()) return "character";
  if (stats.isBlockDevice()) return "block";
  return stats.isFIFO() ? "fifo" : undefined;
}
