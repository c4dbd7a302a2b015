import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { LedgerError, ledgerFailure, systemCode } from "./error.ts";
import { endOfLastLine, lineOf, linesFromEnd, readExactly } from "./lines.ts";
import type { TornTail } from "./port.ts";

const WRITE = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const COPY_BYTES = 1024 * 1024;

/** An open ledger: its descriptor, and where its whole lines end. */
export interface OpenFile {
  readonly file: number;
  readonly end: number;
}

/** The file of a ledger as lines that are whole or do not count. */
export class LedgerFile {
  readonly path: string;
  torn: TornTail | undefined;
  readonly #onMended: ((torn: TornTail) => void) | undefined;

  constructor(path: string, onMended?: (torn: TornTail) => void) {
    this.path = path;
    this.#onMended = onMended;
  }

  /** Undefined where there is no file. Synchronous: the callers are short. */
  reading<T>(use: (open: OpenFile) => T): T | undefined {
    let file: number;
    try {
      file = openSync(this.path, "r");
    } catch (thrown) {
      if (systemCode(thrown) === "ENOENT") return undefined;
      throw ledgerFailure(this.path, thrown, "read");
    }
    try {
      const { size } = fstatSync(file);
      const end = endOfLastLine(file, size);
      // Readers leave it: it may be another process's append on its way.
      if (this.torn?.movedTo === undefined) {
        this.torn = end === size ? undefined : { bytes: size - end, movedTo: undefined };
      }
      return use({ file, end });
    } catch (thrown) {
      throw systemCode(thrown) === undefined ? thrown : ledgerFailure(this.path, thrown, "read");
    } finally {
      closeSync(file);
    }
  }

  /**
   * Appends what `build` makes of the last line: whole lines, in one write, on the disk when this resolves. A torn tail is
   * moved aside first. After a failure the file is as it was: what was written is cut off again (which needs no space).
   */
  async append(build: (lastLine: string | undefined) => string): Promise<void> {
    const file = this.#openForAppend();
    try {
      const end = this.#mend(file);
      const text = build(lastLine(file, end));
      if (text === "") return;
      await appendWhole(file, Buffer.from(text), end);
      // A new file is there for sure only when its folder is on the disk; who made it may have been killed since.
      if (end === 0) syncFolder(dirname(this.path));
    } catch (thrown) {
      throw ledgerFailure(this.path, thrown, "write");
    } finally {
      closeSync(file);
    }
  }

  #openForAppend(): number {
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      return openSync(this.path, WRITE, 0o644);
    } catch (thrown) {
      throw ledgerFailure(this.path, thrown, "write");
    }
  }

  /**
   * Moves what stands after the last whole line to a file of its own, whose bytes and name are on the disk before it is
   * cut off here. Gives where the whole lines end.
   */
  #mend(file: number): number {
    const { size } = fstatSync(file);
    const end = endOfLastLine(file, size);
    if (end === size) return end;
    const aside = createAside(this.path);
    try {
      for (let at = end; at < size; at += COPY_BYTES)
        writeAll(aside.file, readExactly(file, at, Math.min(COPY_BYTES, size - at)));
      fsyncSync(aside.file);
    } finally {
      closeSync(aside.file);
    }
    syncFolder(dirname(aside.path));
    ftruncateSync(file, end);
    fsyncSync(file);
    this.torn = { bytes: size - end, movedTo: aside.path };
    this.#onMended?.(this.torn);
    return end;
  }
}

function lastLine(file: number, end: number): string | undefined {
  for (const line of linesFromEnd(file, end)) return lineOf(line);
  return undefined;
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

const synced = promisify(fdatasync);

async function appendWhole(file: number, bytes: Buffer, end: number): Promise<void> {
  try {
    writeAll(file, bytes);
    // Not in this thread: who appends in the meantime is in the next group.
    await synced(file);
  } catch (thrown) {
    takeBack(file, end, thrown);
    throw thrown;
  }
}

function takeBack(file: number, end: number, why: unknown): void {
  try {
    ftruncateSync(file, end);
    fsyncSync(file);
  } catch (cause) {
    throw new LedgerError("LEDGER_UNWRITABLE", "an append failed and could not be taken back", {
      cause,
      details: { why },
      hint: "the last entries of the ledger may say what was never announced; look at the disk first",
    });
  }
}

/** One write, unless the system takes less than all of it: then a full disk says so at the next. */
function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
