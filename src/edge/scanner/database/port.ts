import type { AdvisoryIndex, AdvisoryKey } from "../../../core/advisory/osv/advisory.ts";
import type { Digest } from "../../../core/base/digest.ts";
import type { VulnerabilitySource } from "../port.ts";

/** An export that a database was made of. */
export interface DatabaseSource {
  /** An https address, or the absolute path of a file or folder. */
  readonly from: string;
  /** Of the bytes as they were fetched; of a folder, of its names and files. */
  readonly bytes: Digest;
}

/** A database of advisories that this machine keeps. Times are milliseconds since 1970. */
export interface KeptDatabase {
  /** Of its records, in whatever order and container they came: what a policy pins. */
  readonly digest: Digest;
  /** All records that were read; those of other ecosystems are counted, and not kept. */
  readonly records: number;
  /** The latest `modified` of its records, those of the future left out: how far its knowledge goes, whenever it was fetched. */
  readonly newest: number;
  readonly importedAt: number;
  /** Records that are kept, by ecosystem: `PyPI`, `Debian:12`. */
  readonly ecosystems: Readonly<Record<string, number>>;
  readonly sources: readonly DatabaseSource[];
  /** `update`: fetched on purpose. `export`: read of a file that a policy names, and kept so that it is read once. */
  readonly purpose: "update" | "export";
}

/** Which one is meant; nothing at all is the newest that was fetched on purpose. */
export interface DatabaseChoice {
  /** No other one is used. */
  readonly digest?: Digest | undefined;
  /** The newest that was made of these, and of these alone. */
  readonly sources?: readonly string[] | undefined;
  /** The absolute path of an export, read where that was not done before. */
  readonly export?: string | undefined;
}

export interface AdvisoryDatabase {
  readonly about: KeptDatabase;
  load(keys: readonly AdvisoryKey[]): Promise<AdvisoryIndex>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ImportResult {
  readonly database: KeptDatabase;
  /** The newest of the same sources until now. */
  readonly before: KeptDatabase | undefined;
}

/** Whether a kept database is still what was kept. */
export interface DatabaseCheck {
  readonly database: KeptDatabase;
  /** Undefined where every byte is. */
  readonly wrong: string | undefined;
}

/**
 * The databases of advisories on this machine, shared by all fleets; their list is signed by a key of this machine. Throws
 * DatabaseError, ExportError, AdvisoryError, what fetching throws, and the reason of an abort.
 */
export interface AdvisoryDatabases {
  /** The newest first. */
  list(): Promise<readonly KeptDatabase[]>;
  /** Makes one of all these exports together; where that fails, what was kept stays. */
  update(sources: readonly string[], options?: DatabaseOptions): Promise<ImportResult>;
  /** Reads every byte that is kept. */
  verify(): Promise<readonly DatabaseCheck[]>;
  /** DatabaseError DATABASE_MISSING where there is none such. */
  open(choice: DatabaseChoice, options?: DatabaseOptions): Promise<AdvisoryDatabase>;
  /** The same as a source of vulnerabilities, as of a day, YYYY-MM-DD. Its failures are answers. */
  source(choice: DatabaseChoice, asOf: string): VulnerabilitySource;
}
