import { createHash } from "node:crypto";
import type { OsvRecord } from "../../../core/advisory/osv/record.ts";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { ExportError } from "../exports/error.ts";

const SHA256_BYTES = 32;
/** What clocks may differ by. */
const DAY_MS = 86_400_000;

/** Which records were read, by id: "the one with the later modification time is considered authoritative". */
export class RecordLedger {
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #modified: number[] = [];
  readonly #dropped = new Set<number>();
  readonly #latest: number;
  #digests = Buffer.alloc(1024 * SHA256_BYTES);
  #newest = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: number) {
    this.#latest = now + DAY_MS;
  }

  /** The number of a record that counts for now; undefined where one of its id that is as new or newer was there already. */
  add({ id, modified }: OsvRecord, digest: Buffer, { file, line }: RecordText): number | undefined {
    const known = this.#numbers.get(id);
    if (known !== undefined) {
      const before = this.#modified[known] ?? 0;
      if (before > modified || this.#digestOf(known).equals(digest)) return undefined;
      if (before === modified)
        throw new ExportError("EXPORT_AMBIGUOUS", `two records ${id} of the same time say different things`, {
          at: { file, line, column: 1 },
        });
      this.#dropped.add(known);
    }
    const number = this.#modified.push(modified) - 1;
    // From bytes: a part of a record's text would keep all of that text in memory.
    const own = Buffer.from(id, "latin1").toString("latin1");
    this.#ids.push(own);
    this.#numbers.set(own, number);
    this.#keepDigest(number, digest);
    // One of the year 9999 would keep a database young for ever.
    if (modified <= this.#latest) this.#newest = Math.max(this.#newest, modified);
    return number;
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** How many numbers were given, those of dropped records too. */
  get numbers(): number {
    return this.#ids.length;
  }

  get newest(): number {
    return this.#newest;
  }

  idOf(number: number): string {
    return this.#ids[number] ?? "";
  }

  counts(number: number): boolean {
    return !this.#dropped.has(number);
  }

  /** See `PackHead`. */
  digest(): Digest {
    const hash = createHash("sha256");
    for (const id of [...this.#numbers.keys()].sort())
      hash.update(`${id}\t${this.#digestOf(this.#numbers.get(id) ?? 0).toString("hex")}\n`);
    return finishDigest(hash);
  }

  #keepDigest(number: number, digest: Buffer): void {
    const at = number * SHA256_BYTES;
    if (at === this.#digests.length) this.#digests = Buffer.concat([this.#digests, Buffer.alloc(at)]);
    digest.copy(this.#digests, at);
  }

  #digestOf(number: number): Buffer {
    return this.#digests.subarray(number * SHA256_BYTES, (number + 1) * SHA256_BYTES);
  }
}
