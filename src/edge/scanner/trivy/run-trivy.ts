import type { ProcessRecord } from "../../process/port.ts";

/** One start of the program. */
export interface TrivyRun {
  /** After the program's name. */
  readonly args: readonly string[];
  readonly room: TrivyRoom;
  /** Folders outside the room that it must see. Databases are opened as if they were written, so a container may. */
  readonly reach: readonly { readonly folder: string; readonly writable: boolean }[];
  /** More of stdout ends it. */
  readonly maxBytes: number;
  /** Milliseconds until it is ended. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Folders of one scan; all are ours, and the room is gone afterwards. */
export interface TrivyRoom {
  readonly folder: string;
  /** Empty: nothing is picked up from where it runs. */
  readonly here: string;
  readonly home: string;
  readonly config: string;
  readonly ignore: string;
  /** A link to the layout that is scanned: Trivy cuts a path at `@` and at `:`. */
  readonly layout: string;
  /** What it knows of layers, and links to its databases. */
  readonly cache: string;
  /** Where the cache lies between scans. */
  readonly kept: string;
}

export interface TrivyOutput {
  readonly record: ProcessRecord;
  /** Undefined where it printed more than it may. */
  readonly stdout: Uint8Array | undefined;
}

/** Starts Trivy, wherever it is. Throws nothing: an abort of `signal` is an outcome of the record. */
export type RunTrivy = (run: TrivyRun) => Promise<TrivyOutput>;

/** A Trivy that may be asked. */
export interface TrivyProgram {
  /** For people: `/usr/bin/trivy`, an image. */
  readonly place: string;
  /** Of the program's file, or of the image. */
  readonly digest: string;
  readonly run: RunTrivy;
}

export type FoundProgram =
  | TrivyProgram
  | { readonly state: "unknown" | "error"; readonly why: string; readonly hint?: string };
