import type { FileTree } from "../image/file-tree.ts";
import { readStanzas, type Stanza } from "./deb822.ts";
import { readDiversions } from "./diversions.ts";
import type { InstalledPackage, PackageDatabase } from "./package-database.ts";
import { parseRelations } from "./relations.ts";

const STATUS = "var/lib/dpkg/status";
const STATUS_FOLDER = "var/lib/dpkg/status.d/";
const INFO = "var/lib/dpkg/info/";
const EXTENDED = "var/lib/apt/extended_states";
const TEXT = new TextDecoder();

/**
 * The packages of an image by its dpkg database: Debian's own, or one file a package as distroless images have it. Undefined
 * where there is none. Throws AuditError DPKG_INVALID for one that cannot be read.
 */
export function readPackages(tree: FileTree): PackageDatabase | undefined {
  const status = contentAt(tree, STATUS);
  const lists = listsOf(tree);
  const stanzas = status === undefined ? splitStanzas(tree) : [...readStanzas(status, STATUS)];
  if (status === undefined && stanzas.length === 0) return undefined;
  const automatic = automaticOf(tree);
  const packages = new Map<string, InstalledPackage>();
  for (const stanza of stanzas) {
    const read = packageOf(stanza, automatic, status !== undefined);
    if (read === undefined) continue;
    const key = `${read.name}:${read.architecture}`;
    const paths = lists.get(key) ?? lists.get(read.name) ?? [];
    packages.set(key, { ...read, paths });
  }
  return databaseOf(tree, { form: status === undefined ? "status.d" : "dpkg", packages });
}

function contentAt(tree: FileTree, path: string): string | undefined {
  const content = tree.resolve(path)?.file.content;
  return content === undefined ? undefined : TEXT.decode(content);
}

/** Distroless: a stanza a file, without a Status, and lists of paths beside it as `.md5sums`. */
function splitStanzas(tree: FileTree): readonly Stanza[] {
  const found: Stanza[] = [];
  for (const [path] of tree.walk()) {
    if (!path.startsWith(STATUS_FOLDER) || path.endsWith(".md5sums")) continue;
    found.push(...readStanzas(contentAt(tree, path) ?? "", path));
  }
  return found;
}

/** By `name` or `name:architecture`, the paths that a package put there. */
function listsOf(tree: FileTree): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [path] of tree.walk()) {
    if (path.startsWith(INFO) && path.endsWith(".list")) {
      const lines = (contentAt(tree, path) ?? "").split("\n");
      const paths = lines
        .map((line) => line.replace(/^\/+|\/+$/g, ""))
        .filter((line) => line !== "" && line !== ".");
      found.set(path.slice(INFO.length, -".list".length), paths);
    } else if (path.startsWith(STATUS_FOLDER) && path.endsWith(".md5sums")) {
      const lines = (contentAt(tree, path) ?? "").split("\n");
      const paths = lines.flatMap((line) => /^[0-9a-f]{32}\s+(.+)$/.exec(line)?.[1] ?? []);
      found.set(path.slice(STATUS_FOLDER.length, -".md5sums".length), paths);
    }
  }
  return found;
}

type Marks = ReadonlyMap<string, boolean> | undefined;

/** By `name:architecture`; undefined where apt's state is not in the image, which says nothing about any package. */
function automaticOf(tree: FileTree): Marks {
  const text = contentAt(tree, EXTENDED);
  if (text === undefined) return undefined;
  const marks = new Map<string, boolean>();
  for (const stanza of readStanzas(text, EXTENDED))
    marks.set(`${stanza.get("package")}:${stanza.get("architecture")}`, stanza.get("auto-installed") === "1");
  return marks;
}

function packageOf(
  stanza: Stanza,
  automatic: Marks,
  hasStatus: boolean,
): Omit<InstalledPackage, "paths"> | undefined {
  const [name, version] = [stanza.get("package"), stanza.get("version")];
  if (name === undefined || version === undefined) return undefined;
  // Half installed ones have files as well; those that were removed have only their configuration.
  const state = stanza.get("status")?.split(/\s+/)[2];
  if (hasStatus && (state === undefined || state === "config-files" || state === "not-installed"))
    return undefined;
  const architecture = stanza.get("architecture") ?? "all";
  const size = Number(stanza.get("installed-size"));
  const multiArch = stanza.get("multi-arch");
  const priority = stanza.get("priority");
  return {
    name,
    architecture,
    version,
    source: sourceOf(stanza.get("source"), { name, version }),
    ...(priority === undefined ? {} : { priority }),
    essential: stanza.get("essential") === "yes",
    multiArch: multiArch === "same" || multiArch === "foreign" || multiArch === "allowed" ? multiArch : "no",
    ...(Number.isFinite(size) && size >= 0 ? { installedSize: size } : {}),
    depends: parseRelations(stanza.get("depends")),
    preDepends: parseRelations(stanza.get("pre-depends")),
    recommends: parseRelations(stanza.get("recommends")),
    provides: parseRelations(stanza.get("provides")).flatMap(([each]) =>
      each === undefined
        ? []
        : [{ name: each.name, ...(each.version === undefined ? {} : { version: each.version.version }) }],
    ),
    automatic: automatic === undefined ? undefined : (automatic.get(`${name}:${architecture}`) ?? false),
  };
}

/** `glibc (2.36-9)`, or only the name, or nothing where it is the package's own. */
function sourceOf(
  text: string | undefined,
  own: { readonly name: string; readonly version: string },
): InstalledPackage["source"] {
  const found = /^(\S+)(?:\s+\((.+)\))?$/.exec(text ?? "");
  return found === null ? own : { name: found[1] ?? own.name, version: found[2] ?? own.version };
}

function databaseOf(
  tree: FileTree,
  { form, packages }: Pick<PackageDatabase, "form" | "packages">,
): PackageDatabase {
  const diversions = readDiversions(contentAt(tree, "var/lib/dpkg/diversions") ?? "");
  const owners = new Map<string, InstalledPackage[]>();
  const canonical = canonicalizer(tree);
  for (const each of packages.values()) {
    for (const path of each.paths) {
      const diverted = diversions.find(({ from, by }) => from === path && by !== each.name);
      const plain = canonical(diverted?.to ?? path);
      const known = owners.get(plain);
      if (known === undefined) owners.set(plain, [each]);
      else if (!known.includes(each)) known.push(each);
    }
  }
  return {
    form,
    packages,
    ownersOf: (path) => owners.get(canonical(path)) ?? [],
    alternativeOf(path) {
      const target = tree.at(path)?.target;
      return target?.startsWith("/etc/alternatives/") ? target.slice("/etc/alternatives/".length) : undefined;
    },
  };
}

/** Where a path leads in the image once `/lib`, `/bin` and the like are links into `/usr`: its folder, links resolved. */
function canonicalizer(tree: FileTree): (path: string) => string {
  const folders = new Map<string, string>();
  return (path) => {
    const slash = path.lastIndexOf("/");
    if (slash < 0) return path;
    const folder = path.slice(0, slash);
    const known = folders.get(folder) ?? tree.resolve(folder)?.path ?? folder;
    folders.set(folder, known);
    return `${known}/${path.slice(slash + 1)}`;
  };
}
