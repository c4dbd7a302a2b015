import { type ErrorOptions, type ExitCode, LapstrakeError } from "../../core/base/error.ts";

export type RegistryErrorCode =
  /** No connection, or none that lasted: refused, unknown name, cut, timed out. */
  | "REGISTRY_UNREACHABLE"
  /** The certificate, or TLS itself, was not acceptable. */
  | "REGISTRY_TLS"
  /** Plain HTTP where only HTTPS is allowed, or a step down to it. */
  | "REGISTRY_INSECURE"
  | "REGISTRY_UNAUTHORIZED"
  | "REGISTRY_DENIED"
  /** A credential file or helper that cannot be read or that failed. */
  | "REGISTRY_CREDENTIALS"
  | "REGISTRY_RATE_LIMITED"
  /** 5xx after all tries. */
  | "REGISTRY_UNAVAILABLE"
  /** The registry does not do this (DELETE on GHCR, the catalog). */
  | "REGISTRY_UNSUPPORTED"
  /** The registry understood and said no (another 4xx). */
  | "REGISTRY_REFUSED"
  /** An answer that the specification does not allow. */
  | "REGISTRY_PROTOCOL"
  | "REGISTRY_TOO_LARGE"
  | "REGISTRY_DIGEST_MISMATCH"
  | "REGISTRY_SIZE_MISMATCH"
  | "REPOSITORY_UNKNOWN"
  | "MANIFEST_UNKNOWN"
  | "BLOB_UNKNOWN";

export interface RegistryErrorOptions extends ErrorOptions {
  /** The failure says itself that it may pass: 429, 5xx, a connection that was cut. Only these are tried again. */
  readonly temporary?: boolean;
  /** Milliseconds that the registry asked us to wait. */
  readonly retryAfterMs?: number;
  /** 2 where the caller named files that are no image. */
  readonly exit?: 2;
}

/** Everything that can go wrong between us and a registry. Exit code 3, the environment, but for files that were named. */
export class RegistryError extends LapstrakeError<RegistryErrorCode> {
  readonly exit: ExitCode;
  readonly temporary: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(code, message, options);
    this.exit = options.exit ?? 3;
    this.temporary = options.temporary ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
