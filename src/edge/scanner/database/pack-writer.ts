import { hash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { advisoriesOf } from "../../../core/advisory/osv/advisories-of.ts";
import type { OsvRecord } from "../../../core/advisory/osv/record.ts";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import type { Digest } from "../../../core/base/digest.ts";
import { groupBy } from "../../../core/base/group-by.ts";
import { FILES, FORMAT, indexKey, type PackHead } from "./pack-format.ts";
import { RecordLedger } from "./record-ledger.ts";
import { Sink } from "./sink.ts";
import { Spooled } from "./spooled.ts";

interface Package {
  readonly ecosystem: string;
  /** Its line in the index begins with this. */
  readonly key: Buffer;
  /** Numbers of its advisories in the spool. */
  readonly advisories: readonly number[];
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
  readonly #spooled = new Spooled();
  readonly #ledger: RecordLedger;
  /** By ecosystem and name, with a tab between. */
  readonly #packages = new Map<string, number[]>();

  /** `now`: milliseconds since 1970; a record that was modified later says nothing of how far the knowledge goes. */
  constructor(folder: string, now: number) {
    this.#folder = folder;
    this.#ledger = new RecordLedger(now);
    this.#spool = new Sink(join(folder, "spool"));
  }

  /** `digest`: the sha256 of its canonical JSON. */
  add(record: OsvRecord, digest: Buffer, source: RecordText): void {
    const number = this.#ledger.add(record, digest, source);
    if (number === undefined) return;
    for (const { key, advisory } of advisoriesOf(record)) {
      const place = this.#spool.write(Buffer.from(JSON.stringify(advisory)));
      this.#advisoriesOf(`${key.ecosystem}\t${key.name}`).push(this.#spooled.add(number, place));
    }
  }

  #advisoriesOf(place: string): number[] {
    const known = this.#packages.get(place);
    if (known !== undefined) return known;
    const fresh: number[] = [];
    // From bytes: a part of a record's text would keep all of that text in memory.
    this.#packages.set(Buffer.from(place).toString(), fresh);
    return fresh;
  }

  /** Everything is on the disk when it returns. */
  finish(): WrittenPack {
    this.#spool.flush();
    const records = new Sink(join(this.#folder, FILES.records));
    const index = new Sink(join(this.#folder, FILES.index));
    try {
      const packages = this.#sortedPackages();
      const head = this.#head(packages);
      index.write(Buffer.from(`${JSON.stringify(head)}\n`));
      for (const { key, advisories } of packages) {
        const line = this.#line(advisories);
        const { offset, length } = records.write(line);
        const place = `${offset}\t${length}\t${hash("sha256", line, "hex")}\n`;
        index.write(Buffer.concat([key, Buffer.from(place)]));
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

  /** Without advisories of records that a later one took the place of; each package's by their ids. */
  #sortedPackages(): readonly Package[] {
    const idOf = (advisory: number): string => this.#ledger.idOf(this.#spooled.recordOf(advisory));
    return [...this.#packages]
      .map(([place, advisories]) => {
        const [ecosystem = "", name = ""] = place.split("\t");
        const key = indexKey(ecosystem, name);
        const counting = advisories.filter((each) => this.#ledger.counts(this.#spooled.recordOf(each)));
        counting.sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
        return { ecosystem, key, advisories: counting };
      })
      .filter(({ advisories }) => advisories.length > 0)
      .sort((one, other) => one.key.compare(other.key));
  }

  #head(packages: readonly Package[]): PackHead {
    const ecosystems: Record<string, number> = {};
    for (const [ecosystem, group] of groupBy(packages, (each) => each.ecosystem))
      ecosystems[ecosystem] = this.#recordsOf(group);
    return {
      format: FORMAT,
      digest: this.#ledger.digest(),
      records: this.#ledger.size,
      newest: this.#ledger.newest,
      ecosystems,
    };
  }

  /** A record may speak of several packages. */
  #recordsOf(packages: readonly Package[]): number {
    const seen = new Uint8Array(this.#ledger.numbers);
    let count = 0;
    for (const { advisories } of packages) {
      for (const each of advisories) {
        const record = this.#spooled.recordOf(each);
        if (seen[record] === 0) count++;
        seen[record] = 1;
      }
    }
    return count;
  }

  #line(advisories: readonly number[]): Buffer {
    const parts = advisories.flatMap((each, index) => [
      Buffer.from(index === 0 ? "[" : ","),
      this.#spool.read(this.#spooled.placeOf(each)),
    ]);
    return Buffer.concat([...parts, Buffer.from("]\n")]);
  }
}
