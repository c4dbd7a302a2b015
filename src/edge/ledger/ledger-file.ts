import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ledgerFailure, systemCode } from "./error.ts";
import { endOfLastLine, lineOf, linesFromEnd, readExactly } from "./lines-from-end.ts";
import type { TornTail } from "./port.ts";

const WRITE = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const CHUNK_BYTES = 1024 * 1024;

/** What a look at the file found: where whole lines end, and what is torn after that. */
interface Extent {
  readonly end: number;
  readonly torn: number;
}

/** The file of a ledger as lines that are whole or do not count. Synchronous: the callers are short. */
export class LedgerFile {
  readonly #path: string;
  torn: TornTail | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Gives `use` the lines from the newest to the oldest, only as far as it asks. Undefined where there is no file. */
  fromEnd<T>(use: (lines: Iterable<string>) => T): T | undefined {
    return this.#reading((file, { end }) => use(linesFromEnd(file, end)));
  }

  /** Gives `use` all whole lines in order. */
  fromStart<T>(use: (lines: Iterable<string>) => T): T | undefined {
    return this.#reading((file, { end }) => use(linesFromStart(file, end)));
  }

  /**
   * Appends whole lines with one write and syncs. A torn tail is moved aside first. After a failure the file is as it
   * was: what was written of the lines is cut off again (which needs no space).
   */
  append(text: string): void {
    const isNew = !existsSync(this.#path);
    let file: number;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      file = openSync(this.#path, WRITE, 0o644);
    } catch (thrown) {
      throw ledgerFailure(this.#path, thrown, "write");
    }
    try {
      const { end } = this.#mend(file);
      appendWhole(file, Buffer.from(text), end);
      if (isNew) syncFolder(dirname(this.#path));
    } catch (thrown) {
      throw ledgerFailure(this.#path, thrown, "write");
    } finally {
      closeSync(file);
    }
  }

  #reading<T>(use: (file: number, extent: Extent) => T): T | undefined {
    let file: number;
    try {
      file = openSync(this.#path, "r");
    } catch (thrown) {
      if (systemCode(thrown) === "ENOENT") return undefined;
      throw ledgerFailure(this.#path, thrown, "read");
    }
    try {
      const extent = extentOf(file);
      // Readers leave it: it may be another process's append on its way.
      if (this.torn?.movedTo === undefined) {
        this.torn = extent.torn === 0 ? undefined : { bytes: extent.torn, movedTo: undefined };
      }
      return use(file, extent);
    } catch (thrown) {
      throw systemCode(thrown) === undefined ? thrown : ledgerFailure(this.#path, thrown, "read");
    } finally {
      closeSync(file);
    }
  }

  /** Moves what stands after the last whole line to a file of its own: copied and synced before it is cut off here. */
  #mend(file: number): Extent {
    const extent = extentOf(file);
    if (extent.torn === 0) return extent;
    const aside = createAside(this.#path);
    try {
      writeAll(aside.file, readExactly(file, extent.end, extent.torn));
      fsyncSync(aside.file);
    } finally {
      closeSync(aside.file);
    }
    ftruncateSync(file, extent.end);
    fsyncSync(file);
    this.torn = { bytes: extent.torn, movedTo: aside.path };
    return { end: extent.end, torn: 0 };
  }
}

function extentOf(file: number): Extent {
  const { size } = fstatSync(file);
  const end = endOfLastLine(file, size);
  return { end, torn: size - end };
}

function createAside(path: string): { readonly path: string; readonly file: number } {
  for (let number = 1; ; number++) {
    const aside = `${path}.torn-${number}`;
    try {
      return { path: aside, file: openSync(aside, "wx", 0o644) };
    } catch (thrown) {
      if (systemCode(thrown) !== "EEXIST") throw thrown;
    }
  }
}

function appendWhole(file: number, bytes: Buffer, end: number): void {
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } catch (thrown) {
    ftruncateSync(file, end);
    fsyncSync(file);
    throw thrown;
  }
}

/** One write, unless the system takes less than all of it: then a full disk says so at the next. */
function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

/** A new file is there for sure only when its folder is on the disk. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function* linesFromStart(file: number, end: number): Generator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = 0; position < end; ) {
    const chunk = readExactly(file, position, Math.min(CHUNK_BYTES, end - position));
    if (chunk.length === 0) return;
    position += chunk.length;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, start)) {
      yield lineOf(bytes.subarray(start, at));
      start = at + 1;
    }
    rest = bytes.subarray(start);
  }
}
