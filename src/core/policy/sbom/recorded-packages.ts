import { STATUS, STATUS_FOLDER } from "../../audit/dpkg/database-files.ts";
import type { FileTree } from "../../audit/image/file-tree.ts";
import { canonicalName } from "../../audit/python/canonical-name.ts";

/** What the databases of an image say that is installed, read plainly and apart from what makes SBOMs: it judges them. */
export interface RecordedPackages {
  readonly debs: readonly RecordedDeb[];
  readonly distributions: readonly RecordedDistribution[];
  /** Paths whose content was not read. */
  readonly unread: readonly string[];
}

export interface RecordedDeb {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly path: string;
}

export interface RecordedDistribution {
  /** As names are compared. */
  readonly key: string;
  /** By the name of its folder; undefined where that has none. */
  readonly version: string | undefined;
  readonly path: string;
}

/** States in which a package has left nothing, or its configuration alone. */
const GONE: ReadonlySet<string> = new Set(["not-installed", "config-files"]);

/** dpkg's stanzas and the folders of metadata that installers of Python leave, wherever they lie. */
export function recordedPackages(tree: FileTree): RecordedPackages {
  const debs = new Map<string, RecordedDeb>();
  const unread: string[] = [];
  for (const path of statusFiles(tree)) {
    const file = tree.resolve(path)?.file;
    if (file?.type !== "file" || file.size === 0) continue;
    if (file.content === undefined) unread.push(path);
    // Tools that add to a distroless image write a status beside its folder: the first record of a package counts.
    else
      for (const each of stanzasIn(file.content, path)) {
        const id = `${each.name}:${each.architecture}`;
        if (!debs.has(id)) debs.set(id, each);
      }
  }
  const distributions = [...tree.walk()].flatMap(
    ([path, { type }]) => distributionAt(tree, path, type) ?? [],
  );
  return { debs: [...debs.values()], distributions, unread };
}

/** The one file that dpkg writes, and before it or instead of it one for each package. */
function statusFiles(tree: FileTree): readonly string[] {
  const folder = tree.resolve(STATUS_FOLDER)?.path;
  const split: string[] = [];
  if (folder !== undefined)
    for (const [path] of tree.walk())
      if (path.startsWith(`${folder}/`) && !path.endsWith(".md5sums")) split.push(path);
  return [STATUS, ...split];
}

const FIELDS = {
  name: /^Package:(.*)$/im,
  state: /^Status:(.*)$/im,
  version: /^Version:(.*)$/im,
  architecture: /^Architecture:(.*)$/im,
};

function* stanzasIn(content: Uint8Array, path: string): Generator<RecordedDeb> {
  for (const stanza of new TextDecoder().decode(content).split(/\n[ \t\r]*\n/)) {
    const field = (form: RegExp): string => form.exec(stanza)?.[1]?.trim() ?? "";
    const name = field(FIELDS.name);
    if (name === "" || GONE.has(field(FIELDS.state).split(/\s+/)[2] ?? "installed")) continue;
    yield { name, version: field(FIELDS.version), architecture: field(FIELDS.architecture), path };
  }
}

// Names have no dash here (packaging specification, "Binary distribution format", escaping); old ones may.
const FOLDER = /^(?<name>.+?)(?:-(?<version>[^-]+)(?:-py[0-9.]+(?:-.*)?)?)?\.(?:dist-info|egg-info|egg)$/;

function distributionAt(tree: FileTree, path: string, type: string): RecordedDistribution | undefined {
  const isEgg = path.endsWith(".egg/EGG-INFO");
  if (!isEgg && !/\.(?:dist|egg)-info$/.test(path)) return undefined;
  // A file of that name is an old installer's; a folder has to say what it is.
  const metadata = ["METADATA", "PKG-INFO"].some((name) => tree.resolve(`${path}/${name}`) !== undefined);
  if (type === "directory" ? !metadata : type !== "file" || !path.endsWith(".egg-info")) return undefined;
  const folder = isEgg ? path.slice(0, -"/EGG-INFO".length) : path;
  const { name = "", version } = FOLDER.exec(folder.slice(folder.lastIndexOf("/") + 1))?.groups ?? {};
  return { key: canonicalName(name), version, path };
}
