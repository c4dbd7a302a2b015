import type { FileTree } from "../image/file-tree.ts";
import { AlternativeLinks, readAlternatives } from "./alternative-links.ts";
import { CanonicalPaths } from "./canonical-paths.ts";
import { DatabaseFiles, STATUS, STATUS_FOLDER, UPDATES_FOLDER } from "./database-files.ts";
import { fieldsText } from "./database-text.ts";
import { dpkgInvalid } from "./invalid.ts";
import { nativeArchitecture } from "./native-architecture.ts";
import type { InstalledPackage, PackageDatabase } from "./package-database.ts";
import { type PackageStanza, parsePackage } from "./parse-package.ts";
import { PathOwners } from "./path-owners.ts";
import { readAutomatic } from "./read-automatic.ts";
import { readDeb822 } from "./read-deb822.ts";
import { readDiversions } from "./read-diversions.ts";
import { type ReadPaths, readList, readSummedPaths } from "./read-paths.ts";

const DIVERSIONS = "var/lib/dpkg/diversions";
const MAX_PACKAGES = 200_000;
/** A Debian with everything has a million. */
const MAX_PATHS = 4_000_000;

/**
 * The packages of an image; undefined where it has no dpkg database. What is listed and absent is no damage: images leave
 * out documentation by path filters. Throws AuditError DPKG_INVALID where dpkg itself would stop: at a broken status, a
 * broken diversion. What is less than that is left out, and told in `unread`.
 */
export function readPackages(tree: FileTree): PackageDatabase | undefined {
  const files = new DatabaseFiles(tree);
  const stanzas = readStanzas(files);
  if (stanzas === undefined) return undefined;
  const { form, found } = stanzas;
  const architecture = nativeArchitecture(files, found.values());
  const packages = withFiles(files, found, readAutomatic(files, architecture));
  const diversions = readDiversions(files.content(DIVERSIONS) ?? new Uint8Array(0), DIVERSIONS);
  const paths = new CanonicalPaths(tree);
  const owners = new PathOwners([...packages.values()], diversions, paths);
  const alternatives = readAlternatives(files);
  const links = new AlternativeLinks(alternatives.values(), tree, paths);
  for (const path of files.in(UPDATES_FOLDER))
    if (/\/[0-9]+$/.test(path)) files.tell(path, "dpkg was interrupted: the status is older than the files");
  return {
    form,
    architecture,
    packages,
    diversions,
    alternatives,
    unread: files.unread,
    ownersOf: (path) => owners.of(path),
    placesOf: (owner) => owners.places(owner),
    alternativeOf: (path) => links.of(path),
  };
}

interface Stanzas {
  readonly form: PackageDatabase["form"];
  readonly found: ReadonlyMap<string, PackageStanza>;
}

/** Both forms may be there at once: tools that add to a distroless image write a status beside its folder. */
function readStanzas(files: DatabaseFiles): Stanzas | undefined {
  const found = new Map<string, PackageStanza>();
  const split = files.in(STATUS_FOLDER).filter((path) => !path.endsWith(".md5sums"));
  if (!files.has(STATUS) && split.length === 0) return undefined;
  for (const path of [STATUS, ...split]) {
    const content = files.content(path);
    if (content !== undefined) addStanzas(found, content, path);
    // Without it nothing true can be said of the packages.
    else if (path === STATUS && files.has(STATUS))
      throw dpkgInvalid(files.unread.at(-1)?.why ?? "its content was not read", { file: STATUS, line: 1 });
  }
  return { form: files.has(STATUS) ? "dpkg" : "status.d", found };
}

/** Of a package that stands in two files the first record counts; twice in one is damage, as it is for dpkg. */
function addStanzas(found: Map<string, PackageStanza>, content: Uint8Array, file: string): void {
  const own = new Set<string>();
  for (const stanza of readDeb822(fieldsText(content), { file })) {
    const read = parsePackage(stanza);
    if (read === undefined) continue;
    const place = { file, line: stanza.line };
    if (own.has(read.id)) throw dpkgInvalid(`the package ${read.id} stands there twice`, place);
    own.add(read.id);
    if (found.size >= MAX_PACKAGES) throw dpkgInvalid(`more than ${MAX_PACKAGES} packages`, place);
    if (!found.has(read.id)) found.set(read.id, read);
  }
}

function withFiles(
  files: DatabaseFiles,
  found: ReadonlyMap<string, PackageStanza>,
  automatic: ((each: PackageStanza) => boolean) | undefined,
): ReadonlyMap<string, InstalledPackage> {
  const packages = new Map<string, InstalledPackage>();
  let count = 0;
  for (const [id, stanza] of found) {
    const paths = pathsOf(files, stanza);
    count += paths.length;
    if (count > MAX_PATHS) throw dpkgInvalid(`more than ${MAX_PATHS} paths`, { file: STATUS, line: 1 });
    packages.set(id, { ...stanza, automatic: automatic?.(stanza), paths });
  }
  return packages;
}

/** dpkg names the list after the package alone, but where several architectures of it may be installed. */
function pathsOf(files: DatabaseFiles, each: PackageStanza): readonly string[] {
  const plain = `var/lib/dpkg/info/${each.name}`;
  const exact = `${plain}:${each.architecture}`;
  const list = [`${exact}.list`, `${plain}.list`].find((path) => files.has(path));
  if (list !== undefined) return told(files, list, readList);
  const sums = [`${STATUS_FOLDER}/${each.name}`, exact, plain]
    .map((path) => `${path}.md5sums`)
    .find((path) => files.has(path));
  if (sums === undefined) {
    files.tell(`${plain}.list`, "it is missing: which files the package has is not known");
    return each.conffiles;
  }
  return [...new Set([...told(files, sums, readSummedPaths), ...each.conffiles])];
}

function told(files: DatabaseFiles, path: string, read: (bytes: Uint8Array) => ReadPaths): readonly string[] {
  const content = files.content(path);
  if (content === undefined) return [];
  const { paths, odd } = read(content);
  if (odd !== undefined) {
    const more = odd.count > 1 ? ` (and ${odd.count - 1} more lines)` : "";
    files.tell(path, `line ${odd.line}: ${odd.why}${more}`);
  }
  return paths;
}
