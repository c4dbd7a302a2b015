import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import type { Place } from "./spooled.ts";

const BUFFER_BYTES = 1024 * 1024;

/** A new file that is written from its beginning on, and hashed. */
export class Sink {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #length = 0;
  #isOpen = true;

  constructor(path: string) {
    this.#file = openSync(path, "wx+", 0o644);
  }

  /** Where it will be. */
  write(bytes: Uint8Array): Place {
    const offset = this.#length;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#length += bytes.length;
    if (this.#waitingBytes >= BUFFER_BYTES) this.flush();
    return { offset, length: bytes.length };
  }

  flush(): void {
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hash.update(bytes);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
  }

  /** What was flushed. */
  read({ offset, length }: Place): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, bytes, done, length - done, offset + done);
      if (count === 0) throw new RangeError("a file is shorter than what was written to it");
      done += count;
    }
    return bytes;
  }

  /** Of all that was written; nothing may be written afterwards. */
  sync(): Digest {
    this.flush();
    fsyncSync(this.#file);
    return finishDigest(this.#hash);
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}
