import { type Digest, digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";

/** One file, link or folder that a COPY, an ADD or a bind mount brings into a build. */
export interface InputFile {
  /** The named context it comes from; empty for the main one. */
  readonly context: string;
  /** POSIX, relative to its context. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink";
  /** Permission bits. */
  readonly mode: number;
  /** Of the content; of the target's text for a symlink; absent for a directory. */
  readonly digest?: Digest;
}

/** Everything that decides what a build makes (decision 2 of the design), and nothing else. */
export interface IdentityInputs {
  /** The resolved instructions, one a line of the Dockerfile. */
  readonly instructions: readonly Json[];
  /** The values of the declared arguments, defaults included. */
  readonly args: Readonly<Record<string, string>>;
  readonly target: string | undefined;
  readonly platforms: readonly string[];
  readonly compression: "gzip" | "zstd";
  /** What `# syntax=` names; undefined for the engine's own frontend. */
  readonly frontend: string | undefined;
  readonly secretIds: readonly string[];
  /** Digest of each parent, by the name that the Dockerfile uses. */
  readonly parents: Readonly<Record<string, Digest>>;
  /** State of the apt package index, for images that install from it. */
  readonly index: Digest | undefined;
  readonly files: readonly InputFile[];
}

declare const buildIdBrand: unique symbol;

/** The build identity: a digest over its inputs. */
export type BuildId = Digest & { readonly [buildIdBrand]: true };

/** The inputs in their canonical form: what is hashed, and kept as evidence so that `why` can compare two of them. */
export interface IdentityDocument {
  readonly scheme: typeof SCHEME;
  readonly instructions: readonly Json[];
  readonly args: Readonly<Record<string, string>>;
  readonly target: string | null;
  readonly platforms: readonly string[];
  readonly compression: string;
  readonly frontend: string | null;
  readonly secretIds: readonly string[];
  readonly parents: Readonly<Record<string, Digest>>;
  readonly index: Digest | null;
  /** Sorted by context, then path. */
  readonly files: readonly (readonly [
    context: string,
    path: string,
    type: string,
    mode: number,
    digest: Digest | null,
  ])[];
}

const SCHEME = 1;

/** The canonical document: order of files, secrets, platforms and keys in the inputs does not matter. */
export function identityDocument(inputs: IdentityInputs): IdentityDocument {
  return {
    scheme: SCHEME,
    instructions: inputs.instructions,
    args: inputs.args,
    target: inputs.target ?? null,
    platforms: [...inputs.platforms].sort(),
    compression: inputs.compression,
    frontend: inputs.frontend ?? null,
    secretIds: [...inputs.secretIds].sort(),
    parents: inputs.parents,
    index: inputs.index ?? null,
    files: inputs.files
      .toSorted(byPlace)
      .map((file) => [file.context, file.path, file.type, file.mode, file.digest ?? null] as const),
  };
}

/** The sha256 of the document's canonical JSON. */
export function identityOf(document: IdentityDocument): BuildId {
  // The interface is JSON by its members but has no index signature; the brand is given here only.
  return digestOf(canonicalJson(document as unknown as Json)) as BuildId;
}

/** The write-once tag under which the image of this identity is pushed. */
export function contentTag(id: Digest): string {
  return `in-${id.slice("sha256:".length)}`;
}

function byPlace(a: InputFile, b: InputFile): number {
  if (a.context !== b.context) return a.context < b.context ? -1 : 1;
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
