import { createHash } from "node:crypto";
import type { OsvRecord } from "../../../core/advisory/osv/record.ts";
import type { RecordText } from "../../../core/advisory/osv/record-text.ts";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { ExportError } from "../exports/error.ts";

/** Which records were read, by id: "the one with the later modification time is considered authoritative". */
export class RecordLedger {
  readonly #ids = new Map<string, number>();
  readonly #modified: number[] = [];
  readonly #digests: string[] = [];
  readonly #dropped = new Set<number>();
  #newest = 0;

  /** The number of a record that counts for now; undefined where one of its id that is as new or newer was there already. */
  add({ id, modified }: OsvRecord, digest: string, { file, line }: RecordText): number | undefined {
    const known = this.#ids.get(id);
    if (known !== undefined) {
      const before = this.#modified[known] ?? 0;
      if (before > modified || this.#digests[known] === digest) return undefined;
      if (before === modified)
        throw new ExportError("EXPORT_AMBIGUOUS", `two records ${id} of the same time say different things`, {
          at: { file, line, column: 1 },
        });
      this.#dropped.add(known);
    }
    const number = this.#modified.push(modified) - 1;
    this.#digests.push(digest);
    this.#ids.set(id, number);
    this.#newest = Math.max(this.#newest, modified);
    return number;
  }

  get size(): number {
    return this.#ids.size;
  }

  get newest(): number {
    return this.#newest;
  }

  counts(number: number): boolean {
    return !this.#dropped.has(number);
  }

  /** See `PackHead`. */
  digest(): Digest {
    const hash = createHash("sha256");
    for (const id of [...this.#ids.keys()].sort())
      hash.update(`${id}\t${this.#digests[this.#ids.get(id) ?? 0] ?? ""}\n`);
    return finishDigest(hash);
  }
}
