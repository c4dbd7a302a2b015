import type { Duplicate } from "../../audit/size/duplicates.ts";
import type { GoneHow } from "../../audit/size/layer-contents.ts";
import type { Digest } from "../../base/digest.ts";
import type { FileOwner } from "./file-owners.ts";

/**
 * What an image's bytes are. All numbers are bytes, and they add up: `unpacked` is the sum of its layers; of each layer it is
 * what is kept, what is wasted and what the archive itself takes; what is kept is the sum of the parts of owners, and of types.
 */
export interface ImageSize {
  readonly name: string;
  /** Of its manifest; undefined where it has none. */
  readonly digest: Digest | undefined;
  /** Of all layers as they are stored; undefined where they are stored in no registry. */
  readonly compressed: number | undefined;
  /** Of all layers' archives. */
  readonly unpacked: number;
  /** Of the files that a container sees. */
  readonly kept: number;
  /** Of the files that layers hold and no container sees. */
  readonly wasted: number;
  /** Headers and padding of the archives. */
  readonly archive: number;
  readonly files: number;
  /** The lowest first. */
  readonly layers: readonly LayerSize[];
  /** The largest first. */
  readonly owners: readonly OwnerSize[];
  readonly types: readonly TypeSize[];
  readonly gone: GoneFiles;
  readonly duplicates: Duplicates;
}

export interface LayerSize {
  readonly index: number;
  readonly diffId: Digest;
  /** What it is stored as. */
  readonly blob: Digest | undefined;
  readonly compressed: number | undefined;
  readonly unpacked: number;
  readonly kept: number;
  readonly wasted: number;
  readonly archive: number;
  /** That a container sees. */
  readonly files: number;
  /** The image of the fleet, or the root, that brought it; undefined where nobody knows. */
  readonly owner: string | undefined;
  /** `docker/base/Dockerfile:12-20`, where the Dockerfile is known. */
  readonly instruction: string | undefined;
  /** As the image's history has it. */
  readonly createdBy: string | undefined;
  /** The largest first. */
  readonly parts: readonly LayerPart[];
}

/** What one owner has in one layer. */
export interface LayerPart extends FileOwner {
  readonly bytes: number;
  readonly files: number;
  /** The largest first, at most `LARGEST`. */
  readonly largest: readonly SizedFile[];
}

export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

export const LARGEST = 20;

export interface OwnerSize extends FileOwner {
  readonly bytes: number;
  readonly files: number;
  /** Of those that have files of it, the lowest first. */
  readonly layers: readonly number[];
}

export interface TypeSize {
  readonly type: string;
  readonly bytes: number;
  readonly files: number;
}

export interface GoneFile extends SizedFile {
  readonly layer: number;
  readonly by: number;
  readonly how: GoneHow;
  readonly note?: string;
}

export interface GoneFiles {
  readonly count: number;
  /** By how they went, those that there are. */
  readonly sums: readonly { readonly how: GoneHow; readonly files: number; readonly bytes: number }[];
  /** The largest first, at most `SHOWN_FILES`. */
  readonly largest: readonly GoneFile[];
}

export interface Duplicates {
  /** Contents that are stored more than once. */
  readonly count: number;
  /** Bytes that would be saved if each were stored once. */
  readonly again: number;
  /** What costs most first, at most `SHOWN_FILES`. */
  readonly largest: readonly Duplicate[];
}

export const SHOWN_FILES = 500;
