import { createHash, hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { advisoriesOf } from "../../../core/advisory/osv/advisories-of.ts";
import type { OsvRecord } from "../../../core/advisory/osv/record.ts";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { FILES, FORMAT, indexKey, type PackHead } from "./pack-format.ts";
import { RecordLedger } from "./record-ledger.ts";

/** An advisory that waits in the spool for those of the same package. */
interface Spooled {
  readonly number: number;
  readonly id: string;
  readonly offset: number;
  readonly length: number;
}

interface Package {
  readonly ecosystem: string;
  readonly key: Buffer;
  readonly spooled: Spooled[];
}

export interface WrittenPack {
  readonly head: PackHead;
  /** Of the index, which vouches for the rest. */
  readonly index: Digest;
}

/**
 * Writes a database into an empty folder. Records come in any order, and a package's advisories must lie together: they go
 * to a spool first, so that memory is that of a few numbers for each, however many there are.
 */
export class PackWriter {
  readonly #folder: string;
  readonly #spool: Sink;
  readonly #ledger = new RecordLedger();
  readonly #packages = new Map<string, Package>();

  constructor(folder: string) {
    this.#folder = folder;
    this.#spool = new Sink(join(folder, "spool"));
  }

  /** `digest`: the sha256 in hex of its canonical JSON. */
  add(record: OsvRecord, digest: string, source: RecordText): void {
    const number = this.#ledger.add(record, digest, source);
    if (number === undefined) return;
    for (const { key, advisory } of advisoriesOf(record)) {
      const { offset, length } = this.#spool.write(Buffer.from(JSON.stringify(advisory)));
      this.#package(key.ecosystem, key.name).spooled.push({ number, id: record.id, offset, length });
    }
  }

  #package(ecosystem: string, name: string): Package {
    const place = `${ecosystem}\t${name}`;
    const known = this.#packages.get(place);
    if (known !== undefined) return known;
    const fresh = { ecosystem, key: indexKey(ecosystem, name), spooled: [] };
    this.#packages.set(place, fresh);
    return fresh;
  }

  /** Everything is on the disk when it returns. */
  finish(): WrittenPack {
    this.#spool.flush();
    const records = new Sink(join(this.#folder, FILES.records));
    const index = new Sink(join(this.#folder, FILES.index));
    try {
      const packages = [...this.#packages.values()]
        .map((each) => ({
          ...each,
          spooled: each.spooled.filter(({ number }) => this.#ledger.counts(number)),
        }))
        .filter(({ spooled }) => spooled.length > 0)
        .sort((one, other) => one.key.compare(other.key));
      const head = this.#head(packages);
      index.write(Buffer.from(`${JSON.stringify(head)}\n`));
      for (const each of packages) {
        const line = this.#line(each.spooled);
        const { offset, length } = records.write(line);
        const place = `${offset}\t${length}\t${hash("sha256", line, "hex")}\n`;
        index.write(Buffer.concat([each.key, Buffer.from(place)]));
      }
      records.sync();
      return { head, index: index.sync() };
    } finally {
      for (const sink of [records, index]) sink.close();
    }
  }

  /** Closes and removes what is only needed while it writes. */
  close(): void {
    this.#spool.close();
    rmSync(join(this.#folder, "spool"), { force: true });
  }

  #head(packages: readonly Package[]): PackHead {
    const counts = new Map<string, Set<string>>();
    for (const { ecosystem, spooled } of packages) {
      const ids = counts.get(ecosystem) ?? new Set();
      for (const { id } of spooled) ids.add(id);
      counts.set(ecosystem, ids);
    }
    return {
      format: FORMAT,
      digest: this.#ledger.digest(),
      records: this.#ledger.size,
      newest: this.#ledger.newest,
      ecosystems: Object.fromEntries([...counts].map(([name, ids]) => [name, ids.size])),
    };
  }

  #line(spooled: readonly Spooled[]): Buffer {
    const sorted = [...spooled].sort((one, other) => (one.id < other.id ? -1 : 1));
    const parts = sorted.flatMap((each, index) => [
      Buffer.from(index === 0 ? "[" : ","),
      this.#spool.read(each),
    ]);
    return Buffer.concat([...parts, Buffer.from("]\n")]);
  }
}

const BUFFER_BYTES = 1024 * 1024;

/** A new file that is written from its beginning on, and hashed. */
class Sink {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #length = 0;
  #isOpen = true;

  constructor(path: string) {
    this.#file = openSync(path, "wx+", 0o644);
  }

  /** Where it will be. */
  write(bytes: Buffer): { readonly offset: number; readonly length: number } {
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
  read({ offset, length }: { readonly offset: number; readonly length: number }): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#file, bytes, done, length - done, offset + done);
      if (count === 0) throw new RangeError("the spool is shorter than what was written to it");
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
