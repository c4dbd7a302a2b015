import type { ElfFacts } from "../elf/elf-facts.ts";
import type { FileTree } from "../image/file-tree.ts";

/** What the loader of an image works on. */
export interface LoaderImage {
  readonly tree: FileTree;
  /** Facts of a file by its plain path, links resolved; undefined where it is no ELF file. */
  elfAt(path: string): ElfFacts | undefined;
  /** `etc/ld.so.cache`, and `etc/ld.so.conf` with what it includes. */
  contentOf(path: string): Uint8Array | undefined;
}

/** What one process starts with. */
export interface LoadRoot {
  /** The program: plain path without links. */
  readonly program: string;
  /**
   * Opened after it by `dlopen`, in this order: extensions of Python by their plain paths, libraries by their names. Each from
   * the object named, or from the program.
   */
  readonly opened: readonly { readonly path: string; readonly by?: string }[];
  readonly libraryPath: string | undefined;
  /** The folder that it is started in, absolute. */
  readonly cwd: string;
  readonly preload: readonly string[];
  /** Of the CPU: which `glibc-hwcaps` folders are looked into. */
  readonly level: "baseline" | "x86-64-v2" | "x86-64-v3" | "x86-64-v4";
}

/** All that the loader does for one root, breadth first. */
export interface LoadTrace {
  readonly root: LoadRoot;
  readonly loader: "glibc" | "musl" | "none" | "unknown";
  readonly objects: readonly LoadedObject[];
  readonly edges: readonly LoadEdge[];
  readonly versions: readonly VersionFinding[];
}

export interface LoadedObject {
  /** Where it really lies. */
  readonly path: string;
  /** The path by which it was found: what `$ORIGIN` is taken from. */
  readonly foundAs: string;
  /** Who needed it first; undefined for the program and what was opened. */
  readonly by?: string;
}

/** A name that an object needs, and where the loader's search for it ended. */
export interface LoadEdge {
  /** Path of the object that needs it. */
  readonly from: string;
  readonly needed: string;
  readonly kind: "needed" | "auxiliary" | "filter" | "opened" | "preload";
  readonly outcome:
    | { readonly state: "found"; readonly path: string; readonly through: SearchStep }
    /** An object that was loaded before answers to the name. */
    | { readonly state: "loaded"; readonly path: string }
    /** The container runtime puts it there: the driver's libraries. */
    | { readonly state: "host" }
    | { readonly state: "missing" }
    | { readonly state: "unknown"; readonly why: string };
  /** In order, what was tried before it ended. */
  readonly tried: readonly Attempt[];
}

export interface SearchStep {
  readonly by: "rpath" | "LD_LIBRARY_PATH" | "runpath" | "cache" | "default" | "path";
  /** Of rpath: the object whose it is. */
  readonly of?: string;
}

/** What was tried and was not it. */
export interface Attempt extends SearchStep {
  /** The path that was tried; of the cache the path that it names, or nothing where it does not name one. */
  readonly path?: string;
  readonly why: /** The folder is not known before it runs. */
    | "unknown-folder"
    | "absent"
    | "not-elf"
    | "wrong-class"
    | "wrong-machine"
    | "wrong-byte-order"
    | "newer-kernel"
    | "not-in-cache"
    | "system-folder-refused"
    | "wrong-type";
}

/** An object that was found, without a version that is asked of it: the first file found is taken, never a later one. */
export interface VersionFinding {
  readonly from: string;
  readonly library: string;
  readonly path: string;
  readonly version: string;
  /** A weak one is warned of; a strong one ends the start; a library without any versions is only warned of. */
  readonly severity: "fatal" | "warning";
}
