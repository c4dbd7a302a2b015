import type { ElfFacts } from "../elf/elf-facts.ts";
import type { FileTree } from "../image/file-tree.ts";

/** What a loader was built with. */
export interface SystemFolders {
  /** Absolute, in the order in which they are looked into. */
  readonly folders: readonly string[];
  /** What `$LIB` stands for; undefined where nobody can say. */
  readonly lib: string | undefined;
}

/**
 * Where a glibc's loader itself lies says how its distribution laid the libraries out: Debian and its children by multiarch
 * triplet, Fedora and SUSE in `lib64`, others in `lib`.
 */
export function systemFolders(tree: FileTree, program: ElfFacts): SystemFolders {
  const loader =
    program.interpreter === undefined ? undefined : tree.resolve(program.interpreter.slice(1))?.path;
  const triplet = /(?:^|\/)lib\/([a-z0-9_]+-linux-gnu[a-z0-9]*)\/[^/]+$/.exec(loader ?? "")?.[1];
  if (triplet !== undefined) {
    return { folders: [`/lib/${triplet}`, `/usr/lib/${triplet}`, "/lib", "/usr/lib"], lib: `lib/${triplet}` };
  }
  if (/(?:^|\/)lib64\/[^/]+$/.test(loader ?? "")) return { folders: ["/lib64", "/usr/lib64"], lib: "lib64" };
  if (loader !== undefined) return { folders: ["/lib", "/usr/lib"], lib: "lib" };
  return {
    folders: program.class === 64 ? ["/lib64", "/usr/lib64", "/lib", "/usr/lib"] : ["/lib", "/usr/lib"],
    lib: undefined,
  };
}
