import type { Digest } from "../base/digest.ts";

/** `lapstrake.baseline`: how large each service was before anybody made it smaller, built once and kept. */
export interface Baseline {
  readonly version: 1;
  /** By service. */
  readonly services: Readonly<Record<string, BaselineEntry>>;
}

/** One service as one stage with everything installed. */
export interface BaselineEntry {
  /** Bytes of its layers as they are stored, gzip. */
  readonly compressed: number;
  /** Bytes of its layers' archives. */
  readonly unpacked: number;
  /** Of its manifest. */
  readonly digest: Digest;
  readonly repository: string;
  /** As OCI writes it: `linux/amd64`. */
  readonly platform: string;
  /** YYYY-MM-DD. */
  readonly built: string;
  /** Version of Lapstrake. */
  readonly tool: string;
  readonly from: BaselineSources;
}

/** What went into it. */
export interface BaselineSources {
  /** The root that it stands on, with its digest. */
  readonly root: string;
  readonly digest: Digest;
  /** Debian packages that were asked for. */
  readonly apt: readonly string[];
  /** Files of requirements, in the order in which they were installed; relative to the blueprint's folder. */
  readonly requirements: readonly string[];
  /** Folders that were copied whole. */
  readonly folders: readonly string[];
}
