import type { Digest } from "../../../core/base/digest.ts";

/**
 * How advisories lie on the disk, for a program that asks for some hundred packages of some ten thousand.
 *
 * `records`: a line for each package, the JSON of its advisories.
 * `index`: a line of JSON that says what the database is; then a line for each package, sorted by its bytes:
 * ecosystem, name, and where its line is in `records`: offset, length, sha256 in hex, with tabs between.
 *
 * The digest of the index therefore vouches for every byte; a reader proves the index as a whole, and of the records what
 * it reads.
 */
export const FILES = { index: "index", records: "records" } as const;

/** Of this form, and of `Advisory`, whose JSON it holds. */
export const FORMAT = 1;

export interface PackHead {
  readonly format: typeof FORMAT;
  /**
   * Of what was imported, in whatever order and container: the sha256 of a line for each record, sorted by id: the id, a
   * tab, the sha256 in hex of its canonical JSON.
   */
  readonly digest: Digest;
  /** All that were read, also those of ecosystems that are not kept. */
  readonly records: number;
  /** Milliseconds since 1970: the latest `modified` of them that is not in the future. */
  readonly newest: number;
  /** Records that are kept, by ecosystem. */
  readonly ecosystems: Readonly<Record<string, number>>;
}

/** What stands before the place in a line of the index. Neither part has control characters. */
export function indexKey(ecosystem: string, name: string): Buffer {
  return Buffer.from(`${ecosystem}\t${name}\t`);
}
