import { type ErrorOptions, type ExitCode, LapstrakeError } from "../base/error.ts";

export type AuditErrorCode =
  /** Bytes that no tar reader understands in the same way. */
  | "TAR_INVALID"
  /** It ends in the middle of an entry. */
  | "TAR_TRUNCATED"
  /** More than is read of any layer: entries, names, unpacked bytes, or a compression that only a bomb has. */
  | "LAYER_LIMIT"
  /** The compressed stream is damaged. */
  | "LAYER_COMPRESSION"
  /** An archive of an image that no engine loads, or that two of them would load as different images. */
  | "ARCHIVE_INVALID"
  /** What it unpacks to is not what the image's config says. */
  | "LAYER_DIFFID"
  /** Begins as ELF does, and its tables contradict each other or the file. */
  | "ELF_INVALID"
  | "ELF_TRUNCATED"
  /** A package database, or an index of an archive, that dpkg and apt would not read either. */
  | "DPKG_INVALID"
  | "LD_CACHE_INVALID"
  /** An SBOM that is none, or larger than any of an image. */
  | "SBOM_INVALID"
  /** Python source that is larger, or costs the grammar more, than any that a person wrote. */
  | "PYTHON_SOURCE_LIMIT"
  /** A notebook that is no JSON of a notebook. */
  | "PYTHON_NOTEBOOK";

/** The content of an image is not what an image's content must be. */
export class AuditError extends LapstrakeError<AuditErrorCode> {
  readonly exit: ExitCode;

  /** `exit` 2 where it was the caller who named what is no image. */
  constructor(code: AuditErrorCode, message: string, options: ErrorOptions & { readonly exit?: 2 } = {}) {
    super(code, message, options);
    this.exit = options.exit ?? 1;
  }
}
