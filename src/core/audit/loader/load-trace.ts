import type { ElfFacts } from "../elf/elf-facts.ts";
import type { FileTree } from "../image/file-tree.ts";

/** What the loader of an image works on. */
export interface LoaderImage {
  readonly tree: FileTree;
  /** Facts of a file by its plain path, links resolved; undefined where it is no ELF file. */
  elfAt(path: string): ElfFacts | undefined;
  /**
   * `etc/ld.so.cache`, `etc/ld.so.preload`, `etc/ld.so.conf` with what it includes, `etc/ld-musl-*.path`: by a plain path
   * without links.
   */
  contentOf(path: string): Uint8Array | undefined;
  /** The same text for paths that are one file (hard links). Without it each path without links is a file of its own. */
  identityOf?(path: string): string;
}

/** What one process starts with. */
export interface LoadRoot {
  /** The program: plain path without links. */
  readonly program: string;
  /**
   * Opened after it by `dlopen`, in this order: extensions of Python. A path, or a name without any slash, which is searched
   * for as from the object `by` (its path), or from the program.
   */
  readonly opened: readonly { readonly path: string; readonly by?: string }[];
  readonly libraryPath: string | undefined;
  readonly preload: readonly string[];
  /** Of the CPU: which `glibc-hwcaps` folders are looked into. */
  readonly level: "baseline" | "x86-64-v2" | "x86-64-v3" | "x86-64-v4";
  /** The folder that it is started in, absolute: where empty and relative elements of search paths begin. */
  readonly cwd: string;
  /** Without it: whether the program's file is set-user-id, set-group-id or has capabilities, as for a user who is not its owner. */
  readonly secure?: boolean;
  /** Of the machine, as "6.1.0": loaders before glibc 2.36 pass over libraries that want a newer one. Without it: new enough. */
  readonly kernel?: string;
  /** `AT_PLATFORM` as the loader sees it, where it is known: what `$PLATFORM` stands for. Old loaders look into folders of that name. */
  readonly platform?: string;
}

/** All that the loader does for one root, breadth first. */
export interface LoadTrace {
  readonly root: LoadRoot;
  readonly loader: "glibc" | "musl" | "none" | "unknown";
  /** In the order in which they are searched for symbols. */
  readonly objects: readonly LoadedObject[];
  /** What a `dlopen` had brought that failed: it is not in the process any more. */
  readonly takenBack: readonly LoadedObject[];
  readonly edges: readonly LoadEdge[];
  readonly versions: readonly VersionFinding[];
  /** It is more than is followed: of names that are not among the edges nothing is known. */
  readonly isCut: boolean;
  /** What the answers rest on and the image alone does not prove; what of its configuration the loader cannot use. Sentences. */
  readonly notes: readonly string[];
}

export interface LoadedObject {
  /** Where it really lies. */
  readonly path: string;
  /** The path by which it was found, as the loader writes it but for the first slash: what `$ORIGIN` is taken from. */
  readonly foundAs: string;
  /** Path of what needed it first; undefined for the program and what was opened. */
  readonly by?: string;
}

/** A name that an object needs, and where the loader's search for it ended. */
export interface LoadEdge {
  /** Path of the object that needs it. */
  readonly from: string;
  readonly needed: string;
  readonly kind: "interpreter" | "needed" | "auxiliary" | "filter" | "opened" | "preload";
  readonly outcome: LoadOutcome;
  /** In order, what was tried before it ended. */
  readonly tried: readonly Attempt[];
  /** Files of that name which a CPU of another level would take from a folder that was searched. Paths without links. */
  readonly variants?: readonly string[];
  /** Of what is missing: where the image has it, and why the loader does not come there. */
  readonly hint?: string;
}

export type LoadOutcome =
  | { readonly state: "found"; readonly path: string; readonly through: SearchStep }
  /** An object that was loaded before answers to the name; or, with `through`, the search led to its file. */
  | { readonly state: "loaded"; readonly path: string; readonly through?: SearchStep }
  /** The container runtime puts it there: the driver's libraries. */
  | { readonly state: "host" }
  /** With `refused`: the file that ended the search, as the last of what was tried says why. No later one is looked for. */
  | { readonly state: "missing"; readonly refused?: string }
  | { readonly state: "unknown"; readonly why: string };

/** Why a file that was opened is not loaded, which ends the search. */
export type Refusal =
  | "not-elf"
  | "empty-file"
  | "folder"
  | "wrong-byte-order"
  | "wrong-os-abi"
  | "not-loadable"
  | "executable"
  | "no-dynamic-section"
  /** These two end the search of musl only, which takes the first file that opens; glibc goes on. */
  | "wrong-class"
  | "wrong-machine";

export interface SearchStep {
  readonly by: "rpath" | "LD_LIBRARY_PATH" | "runpath" | "cache" | "default" | "path";
  /** Of rpath: the object whose it is. */
  readonly of?: string;
}

export interface Attempt extends SearchStep {
  /** The path that was tried, as the loader writes it; of the cache the path that it names, or nothing where it does not name one. */
  readonly path?: string;
  readonly why: AttemptFailure;
}

export type AttemptFailure =
  | Refusal
  | "absent"
  /** The folder is not there (or is none), so nothing in it was tried. */
  | "no-folder"
  | "link-in-circles"
  | "newer-kernel"
  | "not-in-cache"
  | "no-cache"
  | "system-folder-refused"
  | "skipped-for-runpath"
  | "no-set-user-id"
  | "host-dependent";

/** An object that was found, without a version that is asked of it: the first file found is taken, never a later one. */
export interface VersionFinding {
  readonly from: string;
  readonly library: string;
  /** Undefined where nothing that is loaded answers to the name. */
  readonly path?: string;
  readonly version: string;
  /** A weak one is warned of; a strong one ends the start; a library without any versions is only warned of. */
  readonly severity: "fatal" | "warning";
}
