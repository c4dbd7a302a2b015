import type { FileTree } from "../image/file-tree.ts";

export const STATUS = "var/lib/dpkg/status";
export const STATUS_FOLDER = "var/lib/dpkg/status.d";
export const ALTERNATIVES_FOLDER = "var/lib/dpkg/alternatives";
export const UPDATES_FOLDER = "var/lib/dpkg/updates";

const FOLDERS = [STATUS_FOLDER, ALTERNATIVES_FOLDER, UPDATES_FOLDER];
const NOTHING = new Uint8Array(0);

/** The files of a database in an image. What of them was asked for and could not be read is told. */
export class DatabaseFiles {
  readonly #tree: FileTree;
  readonly #names: ReadonlyMap<string, readonly string[]>;
  readonly unread: { readonly path: string; readonly why: string }[] = [];

  constructor(tree: FileTree) {
    this.#tree = tree;
    this.#names = namesOf(tree);
  }

  has(path: string): boolean {
    return this.#tree.resolve(path) !== undefined;
  }

  /** Undefined where it is not there, or was not read. */
  content(path: string): Uint8Array | undefined {
    const file = this.#tree.resolve(path)?.file;
    if (file === undefined) return undefined;
    if (file.content !== undefined) return file.content;
    if (file.type === "file" && file.size === 0) return NOTHING;
    this.tell(path, file.type === "file" ? "its content was not read" : `it is a ${file.type}`);
    return undefined;
  }

  /** Paths in one of the folders above, sorted. */
  in(folder: string): readonly string[] {
    return this.#names.get(folder) ?? [];
  }

  tell(path: string, why: string): void {
    this.unread.push({ path, why });
  }
}

function namesOf(tree: FileTree): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const real = new Map<string, string>();
  for (const folder of FOLDERS) {
    const found = tree.resolve(folder);
    if (found?.file.type === "directory") real.set(found.path, folder);
  }
  if (real.size === 0) return names;
  for (const [path] of tree.walk()) {
    const slash = path.lastIndexOf("/");
    const folder = slash < 0 ? undefined : real.get(path.slice(0, slash));
    if (folder === undefined) continue;
    const list = names.get(folder);
    const named = `${folder}${path.slice(slash)}`;
    if (list === undefined) names.set(folder, [named]);
    else list.push(named);
  }
  return names;
}
