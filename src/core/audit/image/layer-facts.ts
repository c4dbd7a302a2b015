import type { Digest } from "../../base/digest.ts";
import type { ByteRange } from "../elf/held-bytes.ts";
import type { TarType } from "../tar/entry.ts";
import type { FileNote } from "./file-note.ts";

/** What a layer puts at a path. */
export interface LayerEntry {
  /** From the image's root, plain. */
  readonly path: string;
  readonly type: Exclude<TarType, "unknown">;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of a sparse file, whose size counts its holes: the bytes that the archive has of it. */
  readonly stored?: number;
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

/** What a layer does to the files under it, whatever is asked of their content. */
export interface LayerListing {
  /** What it was read from. Of a folder, which has none, a digest of what it lists. */
  readonly diffId: Digest;
  /** Unpacked. */
  readonly bytes: number;
  readonly entries: readonly LayerEntry[];
  readonly whiteouts: readonly Whiteout[];
  readonly skipped: readonly Skipped[];
}

/** What one question learnt of a layer. */
export interface LayerAnswer {
  /** By path, the content of the files that were asked for. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
  /** What was learnt of the content of others, and which could not be read. */
  readonly notes: readonly FileNote[];
}

/** All that is known of a layer: its listing, and the answers to all that was asked. */
export interface LayerFacts extends LayerListing, LayerAnswer {}

export function joinFacts(listing: LayerListing, answers: readonly LayerAnswer[]): LayerFacts {
  const [only] = answers;
  if (only !== undefined && answers.length === 1) return { ...listing, ...only };
  return {
    ...listing,
    kept: new Map(answers.flatMap(({ kept }) => [...kept])),
    notes: answers.flatMap(({ notes }) => notes),
  };
}

/** What is asked of the content of files while a layer passes by. */
export interface ContentQuestion {
  /** Names the question and its version: facts are kept under it. */
  readonly id: string;
  /** Bytes that `keep` may come to in one layer; a layer with more is refused. */
  readonly keepLimit: number;
  /**
   * `keep`: its content is wanted whole. A reader is given it piece by piece. Undefined: it is passed over. `ranges`: of a
   * second reading, what the first one missed.
   */
  reads(path: string, size: number, ranges?: readonly ByteRange[]): Wanted | undefined;
}

/** `unread`: it is wanted, and not had, for this reason. */
export type Wanted = "keep" | ContentReader | { readonly unread: string };

export interface ContentReader {
  /** The bytes of a piece are only good during the call. */
  data(piece: Uint8Array): void;
  end(): ReadContent;
}

/** Notes, or the ranges without which there are none: the file is then read once more. */
export type ReadContent = readonly FileNote[] | { readonly again: readonly ByteRange[] };
