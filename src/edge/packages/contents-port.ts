import type { Supplier } from "../../core/audit/dpkg/contents-scan.ts";
import type { Digest } from "../../core/base/digest.ts";

/** Of an image: `ID` and `VERSION_CODENAME` of its os-release, and what dpkg calls its architecture. */
export interface ArchiveRelease {
  /** `debian`, `ubuntu`. */
  readonly distribution: string;
  /** `bookworm`. */
  readonly suite: string;
  /** `amd64`. */
  readonly architecture: string;
}

export interface KeptIndex {
  /** `main_Contents-amd64.gz`. */
  readonly name: string;
  /** Of the compressed bytes, as apt proved them by the archive's signature. */
  readonly digest: Digest;
  readonly bytes: number;
}

/** Who was not asked says why: it is never that nobody supplies a name. */
export type SuppliersAnswer =
  | {
      readonly state: "known";
      /** By name as asked; an empty list where the release has no such file. */
      readonly suppliers: ReadonlyMap<string, readonly Supplier[]>;
      /** Names that have more suppliers than are told. */
      readonly cut: readonly string[];
      readonly indexes: readonly KeptIndex[];
      /** Milliseconds since 1970 UTC: when the archive was asked. */
      readonly fetchedAt: number;
      /** Why it was not asked again although that is long ago. */
      readonly stale?: string;
    }
  | { readonly state: "unknown"; readonly why: string; readonly hint?: string };

export interface SupplierOptions {
  readonly signal?: AbortSignal;
}

/** Which packages of a release bring a file, as the release's own archive lists it. Nothing is thrown but the abort of `signal`. */
export interface ContentsIndex {
  /** Names without a slash are of files in any folder (`libGL.so.1`), others are paths. One pass for all of them. */
  suppliersOf(
    names: readonly string[],
    release: ArchiveRelease,
    options?: SupplierOptions,
  ): Promise<SuppliersAnswer>;
}
