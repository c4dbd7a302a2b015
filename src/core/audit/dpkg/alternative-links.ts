import { AuditError } from "../error.ts";
import type { FileTree } from "../image/file-tree.ts";
import type { CanonicalPaths } from "./canonical-paths.ts";
import { ALTERNATIVES_FOLDER, type DatabaseFiles } from "./database-files.ts";
import type { Alternative } from "./package-database.ts";
import { readAlternative } from "./read-alternative.ts";

const LINKS = "etc/alternatives/";

/** Alternatives by name. A record that update-alternatives would refuse is left out, and told. */
export function readAlternatives(files: DatabaseFiles): ReadonlyMap<string, Alternative> {
  const found = new Map<string, Alternative>();
  for (const path of files.in(ALTERNATIVES_FOLDER)) {
    const content = files.content(path);
    if (content === undefined) continue;
    try {
      const each = readAlternative(content, path);
      found.set(each.name, each);
    } catch (error) {
      if (!(error instanceof AuditError)) throw error;
      files.tell(path, error.message);
    }
  }
  return found;
}

/** By a link's path the alternative's name; a follower has that of its leader. */
export class AlternativeLinks {
  readonly #tree: FileTree;
  readonly #paths: CanonicalPaths;
  readonly #byPath = new Map<string, string>();

  constructor(alternatives: Iterable<Alternative>, tree: FileTree, paths: CanonicalPaths) {
    this.#tree = tree;
    this.#paths = paths;
    for (const { name, link, followers } of alternatives) {
      for (const each of [{ name, link }, ...followers]) {
        this.#byPath.set(paths.of(each.link), name);
        this.#byPath.set(paths.of(`${LINKS}${each.name}`), name);
      }
    }
  }

  /** What is recorded, else what the link itself says: the records may not be in the image. */
  of(path: string): string | undefined {
    const place = this.#paths.of(path);
    const recorded = this.#byPath.get(place);
    if (recorded !== undefined) return recorded;
    const file = this.#tree.at(place);
    if (file?.type !== "symlink") return undefined;
    if (place.startsWith(LINKS)) return place.slice(LINKS.length);
    const target = file.target ?? "";
    if (!target.startsWith(`/${LINKS}`)) return undefined;
    const leader = this.#byPath.get(this.#paths.of(target.slice(1)));
    return leader ?? target.slice(LINKS.length + 1);
  }
}
