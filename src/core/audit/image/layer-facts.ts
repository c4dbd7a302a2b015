import type { Digest } from "../../base/digest.ts";
import type { TarType } from "../tar/entry.ts";

/** What a layer puts at a path. */
export interface LayerEntry {
  /** From the image's root, plain. */
  readonly path: string;
  readonly type: Exclude<TarType, "unknown">;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of a symlink as it is written; of a hard link a plain path. */
  readonly target?: string;
  /** It carries file capabilities. */
  readonly capabilities?: true;
}

/** What a layer takes away from those below it: a path with all that is under it, or all that a folder holds. */
export interface Whiteout {
  readonly path: string;
  readonly opaque: boolean;
}

/** An entry that no engine could unpack, or only at a risk: it is left out, and said. */
export interface Skipped {
  readonly path: string;
  readonly why: string;
}

/** Something that was seen in the content of a file. */
export interface ContentMark {
  readonly path: string;
  /** What it is: `private-key`. */
  readonly kind: string;
  /** Counted from 1. */
  readonly line: number;
}

/** All that is known of a layer after one pass over it. Its diffID says what it was read from. */
export interface LayerFacts {
  readonly diffId: Digest;
  /** Unpacked. */
  readonly bytes: number;
  readonly entries: readonly LayerEntry[];
  readonly whiteouts: readonly Whiteout[];
  /** By path, the content of the files that were asked for. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
  readonly marks: readonly ContentMark[];
  /** Files that were asked for and whose content is not in the archive as it is read back: sparse ones. */
  readonly unread: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** What is asked of the content of files while a layer passes by. `id` names the question: facts are kept under it. */
export interface ContentQuestion {
  readonly id: string;
  /** `keep` its content, or `look` at it once; undefined: pass over it. */
  wants(path: string, size: number): "keep" | "look" | undefined;
  look(path: string, content: Uint8Array): readonly ContentMark[];
}
