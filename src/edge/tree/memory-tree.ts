import { type Digest, digestOf } from "../../core/base/digest.ts";
import { TreeError } from "./error.ts";
import type { GitFacts, LastCommit, ListOptions, TreeEntry, WorkingTree } from "./port.ts";

export interface MemoryTreeOptions {
  readonly root?: string;
  /** Contents by path relative to the root; `{ target }` is a symlink, `{ directory: true }` an empty folder. */
  readonly files: Readonly<Record<string, MemoryFile>>;
  readonly git?: GitFacts;
  readonly commits?: ReadonlyMap<string, LastCommit>;
}

export type MemoryFile =
  | string
  | Uint8Array
  | { readonly target: string }
  | { readonly directory: true }
  | { readonly content: string | Uint8Array; readonly mode: number };

/** A tree that lies in a value. Reading `options.files` anew each time, it follows what a test changes there. */
export function createMemoryTree(options: MemoryTreeOptions): WorkingTree {
  const root = options.root ?? "/tree";
  const plain = (path: string): string => {
    const inside = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path === root ? "" : path;
    return inside === "." ? "" : inside.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "");
  };
  const fileAt = (path: string): MemoryFile | undefined => options.files[plain(path)];
  return {
    root,
    list: async (folder, listing) => listMemory(options.files, plain(folder), listing),
    read: async (path, limit = Number.POSITIVE_INFINITY) => {
      const content = contentOf(fileAt(path));
      if ((content?.length ?? 0) <= limit) return content;
      throw new TreeError("TREE_TOO_BIG", `expected at most ${limit} bytes in ${path}`);
    },
    hash: async (folder, entries) => {
      const digests = new Map<string, Digest>();
      for (const entry of entries) {
        const content = contentOf(fileAt(joined(plain(folder), entry.path)));
        if (entry.type === "file" && content !== undefined) digests.set(entry.path, digestOf(content));
        if (entry.type === "symlink") digests.set(entry.path, digestOf(entry.target ?? ""));
      }
      return digests;
    },
    stage: async () => {},
    saveHashes: async () => {},
    git: async () => options.git ?? { kind: "none", why: "not-a-repository" },
    lastCommits: async (inputs) => new Map([...(options.commits ?? [])].filter(([name]) => inputs.has(name))),
  };
}

function joined(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

function contentOf(file: MemoryFile | undefined): Uint8Array | undefined {
  if (file === undefined) return undefined;
  if (typeof file === "string") return Buffer.from(file);
  if (file instanceof Uint8Array) return file;
  return "content" in file ? Buffer.from(file.content) : undefined;
}

function listMemory(
  files: MemoryTreeOptions["files"],
  folder: string,
  options: ListOptions = {},
): readonly TreeEntry[] {
  const found = new Map<string, MemoryFile>();
  for (const [path, file] of Object.entries(files)) {
    if (folder !== "" && !path.startsWith(`${folder}/`)) continue;
    const inside = folder === "" ? path : path.slice(folder.length + 1);
    if (options.ignore?.ignores(inside) ?? false) continue;
    found.set(inside, file);
    for (let end = inside.lastIndexOf("/"); end > 0; end = inside.lastIndexOf("/", end - 1)) {
      found.set(inside.slice(0, end), { directory: true });
    }
  }
  return [...found].map(([path, file]) => entryOf(path, file)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function entryOf(path: string, file: MemoryFile): TreeEntry {
  const facts = { path, mtimeNs: 1n, ctimeNs: 1n, inode: 1n };
  if (typeof file === "object" && "directory" in file)
    return { ...facts, type: "directory", mode: 0o755, size: 0 };
  if (typeof file === "object" && "target" in file) {
    return { ...facts, type: "symlink", mode: 0o777, size: file.target.length, target: file.target };
  }
  const mode = typeof file === "object" && "mode" in file ? file.mode : 0o644;
  return { ...facts, type: "file", mode, size: contentOf(file)?.length ?? 0 };
}
