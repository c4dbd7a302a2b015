import type { Digest } from "../../../core/base/digest.ts";
import type { ProcessRunner } from "../../process/port.ts";
import type { BinarySettings } from "./binary-program.ts";
import type { ContainerSettings } from "./container-program.ts";
import type { Environment } from "./scrubbed-environment.ts";

export interface TrivySettings {
  readonly program: BinarySettings | ContainerSettings;
  /** Exactly this version is asked. */
  readonly version?: string;
  /** Holds `trivy.db` and `metadata.json`; else `db` of Trivy's own cache. Nothing is ever downloaded. */
  readonly database?: string;
  /** Of the `trivy.db` that is to be used, and of no other. */
  readonly databaseDigest?: Digest;
  /** For one image; ten minutes unless told. Large images need more than Trivy's own five. */
  readonly timeoutMs?: number;
}

export interface TrivySourceOptions {
  readonly settings: TrivySettings;
  readonly runner: ProcessRunner;
  /** Ours: where programs and databases are looked for. A scan gets little of it. */
  readonly env: Environment;
  /** For caches; in the state folder. */
  readonly folder: string;
  /** Whether a registry is spoken to without TLS, or without proof of who it is. */
  isInsecure(host: string): boolean;
}
