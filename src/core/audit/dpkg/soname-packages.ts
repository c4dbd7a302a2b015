import { AuditError } from "../error.ts";
import type { FileTree } from "../image/file-tree.ts";
import type { InstalledPackage, PackageDatabase } from "./package-database.ts";
import { readShlibs, type SharedLibrary, shlibsName } from "./read-shlibs.ts";
import { type LibrarySymbols, readSymbols } from "./read-symbols.ts";
import { compareDebianVersions, parseDebianVersion } from "./version.ts";

/** What a package that links a library has to depend on, as the library's package itself declares it. */
export interface SonameRequirement {
  /** Of the installed package that declares it. */
  readonly owner: InstalledPackage;
  readonly from: "symbols" | "shlibs";
  /** `libssl3 (>= 3.0.0)`. */
  readonly dependency: string;
  /** Of `symbols`: the lowest version that has all the nodes asked for; undefined where they do not say it. */
  readonly minimalVersion?: string;
}

export interface SonamePackages {
  /** `nodes`: the version nodes that a file needs of it (VERNEED). Undefined for a name that no package declares. */
  requirementOf(soname: string, nodes?: readonly string[]): SonameRequirement | undefined;
  /** Declarations that could not be read. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
}

/** Sonames by what `symbols` and `shlibs` of installed packages declare; symbols are more exact and go first, as dpkg-shlibdeps has it. */
export function sonamePackages(tree: FileTree, database: PackageDatabase): SonamePackages {
  const symbols = new Map<string, { readonly owner: InstalledPackage; readonly library: LibrarySymbols }>();
  const shlibs = new Map<string, { readonly owner: InstalledPackage; readonly library: SharedLibrary }>();
  const unread: { path: string; why: string }[] = [];
  for (const owner of database.packages.values()) {
    for (const { path, content } of declarations(tree, owner, "symbols")) {
      try {
        for (const library of readSymbols(content, path)) symbols.set(library.soname, { owner, library });
      } catch (error) {
        if (!(error instanceof AuditError)) throw error;
        unread.push({ path, why: error.message });
      }
    }
    for (const { content } of declarations(tree, owner, "shlibs"))
      for (const library of readShlibs(content))
        if (library.type === undefined)
          shlibs.set(`${library.library} ${library.version}`, { owner, library });
  }
  return {
    unread,
    requirementOf(soname, nodes = []) {
      const known = symbols.get(soname);
      if (known !== undefined) return bySymbols(known, nodes);
      const name = shlibsName(soname);
      const declared = name === undefined ? undefined : shlibs.get(`${name.library} ${name.version}`);
      if (declared === undefined) return undefined;
      return { owner: declared.owner, from: "shlibs", dependency: declared.library.dependency };
    },
  };
}

function declarations(
  tree: FileTree,
  { name, architecture }: InstalledPackage,
  kind: string,
): readonly { readonly path: string; readonly content: Uint8Array }[] {
  for (const base of [`${name}:${architecture}`, name]) {
    const path = `var/lib/dpkg/info/${base}.${kind}`;
    const content = tree.resolve(path)?.file.content;
    if (content !== undefined) return [{ path, content }];
  }
  return [];
}

function bySymbols(
  { owner, library }: { readonly owner: InstalledPackage; readonly library: LibrarySymbols },
  nodes: readonly string[],
): SonameRequirement {
  const versions = nodes.map((node) => library.symbols.get(`${node}@${node}`) ?? library.nodes.get(node));
  const known = versions.filter((version) => version !== undefined);
  const minimal = known.length === nodes.length ? highest(known) : undefined;
  const [template = ""] = library.templates;
  const dependency = template
    .replaceAll("#MINVER#", minimal === undefined ? "" : `(>= ${minimal})`)
    .replaceAll(/ +(?=,|$)/g, "");
  return {
    owner,
    from: "symbols",
    dependency,
    ...(minimal === undefined ? {} : { minimalVersion: minimal }),
  };
}

function highest(versions: readonly string[]): string | undefined {
  let best: string | undefined;
  for (const each of versions) {
    const [one, other] = [parseDebianVersion(each), parseDebianVersion(best ?? "")];
    if (
      best === undefined ||
      (one !== undefined && other !== undefined && compareDebianVersions(one, other) > 0)
    )
      best = each;
  }
  return best;
}
