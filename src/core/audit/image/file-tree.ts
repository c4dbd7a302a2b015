import type { LayerEntry } from "./layer-facts.ts";

/** What lies at a path of a flattened image. */
export interface TreeFile extends Omit<LayerEntry, "path" | "type" | "stored"> {
  /** A hard link is the file that it leads to. */
  readonly type: Exclude<LayerEntry["type"], "hardlink">;
  /** Index of the layer that put it there. */
  readonly layer: number;
  /** Of files whose content was kept. */
  readonly content?: Uint8Array;
}

export interface Resolved {
  /** Where it really lies, without links. */
  readonly path: string;
  readonly file: TreeFile;
}

/** The files of an image as a container would see them. Paths have no slash at their ends; the root is "". */
export interface FileTree {
  /** What lies at the path itself; links in the last part are not followed, those on the way are. */
  at(path: string): TreeFile | undefined;
  /** The same with all links followed, inside the image only. Undefined where it leads nowhere or in circles. */
  resolve(path: string): Resolved | undefined;
  /** Everything but the root, sorted by path within each folder. */
  walk(): Iterable<readonly [path: string, file: TreeFile]>;
}
