import type { EpochSeconds } from "../../core/base/clock.ts";
import type { Digest } from "../../core/base/digest.ts";

/** What lies at a path, by lstat: symlinks are not followed. */
export interface TreeEntry {
  /** POSIX, relative to the folder that was listed. */
  readonly path: string;
  /** "special": a socket, fifo or device, which no build can copy. */
  readonly type: "file" | "directory" | "symlink" | "special";
  /** Permission bits with set-user-id, set-group-id and sticky, as BuildKit sends them. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  /** The text of a symlink. */
  readonly target?: string;
}

/** What a build is sent of a folder. */
export type StagedEntry = Pick<TreeEntry, "path" | "mode"> & {
  readonly type: "file" | "directory" | "symlink";
};

export interface StageTarget {
  readonly into: string;
  readonly epoch: EpochSeconds;
}

export interface ListOptions {
  /** The rules of an ignore file; `IgnoreRules` of core/dockerfile fits. */
  readonly ignore?: {
    readonly ignores: (path: string) => boolean;
    readonly prunes: (folder: string) => boolean;
  };
  readonly signal?: AbortSignal;
}

/** The commit that last touched something. */
export interface LastCommit {
  readonly sha: string;
  /** Committer time. */
  readonly epoch: EpochSeconds;
  /** The history ends here because the clone is shallow: the true commit may be older. */
  readonly boundary: boolean;
}

export type GitFacts =
  | {
      readonly kind: "git";
      readonly head: string;
      /** As `git rev-parse --short` gives it. */
      readonly short: string;
      /** Folder of the tree's root within the repository, as `git rev-parse --show-prefix` names it, without the last slash. */
      readonly prefix: string;
      /** Committer time of HEAD. */
      readonly commitTime: EpochSeconds;
      /** Changed, staged or untracked (and not ignored) paths, relative to the tree's root; folders end with a slash. */
      readonly dirty: readonly string[];
      /** Untracked paths that git is told to ignore, in the same form. */
      readonly ignored: readonly string[];
      /** Of `origin`, else of the first remote, without credentials; undefined for local paths. */
      readonly remoteUrl: string | undefined;
    }
  | { readonly kind: "none"; readonly why: "no-git" | "not-a-repository" | "no-commit" };

/** The files that a fleet is built from. Paths given are relative to `root` or absolute. */
export interface WorkingTree {
  /** Absolute. */
  readonly root: string;
  /**
   * Everything below the folder that the ignore rules let through, sorted by path. A folder that is ignored itself is
   * listed where something below it is let through.
   */
  list(folder: string, options?: ListOptions): Promise<readonly TreeEntry[]>;
  /** The bytes of one file of at most `limit` bytes (16 MiB unless told), or undefined where there is none. */
  read(path: string, limit?: number): Promise<Uint8Array | undefined>;
  /** Digests of the contents of files and of the texts of symlinks, by the entry's path; others are left out. */
  hash(
    folder: string,
    entries: readonly TreeEntry[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Digest>>;
  /**
   * Copies exactly these entries of a folder into another (absolute), with their modes and all times at the epoch.
   * Throws TreeError TREE_CHANGING where one went away, NO_SPACE, STATE_UNWRITABLE.
   */
  stage(folder: string, entries: readonly StagedEntry[], target: StageTarget): Promise<void>;
  /** Keeps what `hash` learnt for the next run; call once, at the end. Never throws: it only makes things faster. */
  saveHashes(): Promise<void>;
  /** `paths` bounds what counts as dirty; the whole root unless told. */
  git(paths?: readonly string[]): Promise<GitFacts>;
  /** For each name, the last commit that touched one of its paths (files or folders); names without one are left out. */
  lastCommits(
    inputs: ReadonlyMap<string, readonly string[]>,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, LastCommit>>;
}

/** Who holds the lock of a tree. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface TreeLock {
  readonly holder: LockHolder;
  release(): Promise<void>;
}

export interface LockOptions {
  /** What is shown to those who wait. */
  readonly command: string;
  /** Milliseconds to wait for the holder; 0 unless told. */
  readonly wait?: number;
  /** Milliseconds between two looks while waiting; 200 unless told. */
  readonly poll?: number;
  /** Called once, before waiting begins. */
  readonly onWait?: (holder: LockHolder) => void;
  readonly signal?: AbortSignal;
}

/** What is known of an image that was pushed under its identity. */
export interface JournalEntry {
  readonly digest: Digest;
  /** 0 where nobody here saw it built. */
  readonly durationMs: number;
}

/** From repository and identity to digest. Only makes runs faster: the registry is always right. */
export interface Journal {
  get(repository: string, identity: Digest): JournalEntry | undefined;
  set(repository: string, identity: Digest, entry: JournalEntry): void;
  delete(repository: string, identity: Digest): void;
  /** The latest known duration of any identity of this repository, for estimates. */
  lastDuration(repository: string): number | undefined;
  save(): Promise<void>;
}

/** From a key (a digest of everything that decides the result) to what a text was parsed to. Values are JSON. */
export interface ParseCache {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  save(): Promise<void>;
}
