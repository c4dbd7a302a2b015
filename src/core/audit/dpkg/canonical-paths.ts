import type { FileTree } from "../image/file-tree.ts";

/**
 * Paths as one spelling each: the folders on the way are taken for what the image's own links make of them, so that
 * `lib/x` and `usr/lib/x` are one. The last part stays: a link is a thing of its own, and has an owner. Of folders that
 * are not there, the part above them counts.
 */
export class CanonicalPaths {
  readonly #tree: FileTree;
  readonly #folders = new Map<string, string>([["", ""]]);

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  of(path: string): string {
    const slash = path.lastIndexOf("/");
    return slash < 0 ? path : join(this.#folder(path.slice(0, slash)), path.slice(slash + 1));
  }

  /** Without recursion: paths may be some thousand folders deep. */
  #folder(path: string): string {
    const missing: string[] = [];
    let at = path;
    let known = this.#folders.get(at);
    while (known === undefined) {
      const there = this.#tree.resolve(at)?.path;
      if (there !== undefined) {
        this.#folders.set(at, there);
        known = there;
        break;
      }
      missing.push(at);
      const slash = at.lastIndexOf("/");
      at = slash < 0 ? "" : at.slice(0, slash);
      known = this.#folders.get(at);
    }
    for (const each of missing.reverse()) {
      known = join(known, each.slice(each.lastIndexOf("/") + 1));
      this.#folders.set(each, known);
    }
    return known;
  }
}

function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
