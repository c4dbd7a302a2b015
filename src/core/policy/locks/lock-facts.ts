import type { Digest } from "../../base/digest.ts";
import type { SourcePosition } from "../../base/error.ts";
import type { RootFacts } from "./image-python.ts";
import type { LockHeader } from "./lock-header.ts";
import type { Requirement } from "./requirement.ts";
import type { RequirementsFile } from "./requirements-file.ts";

/** A file of the tree that was read as requirements. */
export interface ReadFile {
  /** Relative to the fleet's folder. */
  readonly path: string;
  readonly digest: Digest;
  readonly file: RequirementsFile;
}

/** A file that a lock names, and how it reads; undefined where it is not there or is no requirements file. */
export interface NamedFile {
  readonly role: "input" | "constraint" | "override";
  /** As the lock has it. */
  readonly written: string;
  readonly read: ReadFile | undefined;
}

/** A lock and everything in the tree that it says it was made of. */
export interface LockFacts {
  readonly lock: ReadFile;
  /** With those of files that it includes by `-r`, each with its own place. */
  readonly requirements: readonly Requirement[];
  readonly header: LockHeader | undefined;
  readonly named: readonly NamedFile[];
}

/** A lock in an image that installs it. */
export interface LockInImage {
  readonly image: string;
  readonly facts: LockFacts;
  /** Of the instruction that installs it. */
  readonly at: SourcePosition;
  /** What the install command names; it decides before the root does. */
  readonly commandPython: string | undefined;
  readonly root: RootFacts | undefined;
  /** The image's platforms, such as `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Locks that the images below install into the same environment, the nearest first. */
  readonly inherited: readonly InheritedLock[];
}

export interface InheritedLock {
  readonly image: string;
  readonly facts: LockFacts;
}
