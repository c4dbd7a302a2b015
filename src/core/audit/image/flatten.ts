import type { FileTree, Resolved, TreeFile } from "./file-tree.ts";
import type { LayerEntry, LayerFacts, Skipped, Whiteout } from "./layer-facts.ts";

/** As the kernel has it. */
const MAX_LINKS = 40;
/** Of a path with all that its links add to it; a kernel would go on for forty times that, and a search for a library for hours. */
const MAX_PARTS = 4096;

interface Node {
  file: TreeFile;
  /** Of folders. */
  readonly children: Map<string, Node> | undefined;
  /** Of files: the entry that brought the content. Hard links have one together. */
  readonly source?: LayerEntry;
}

/** Is told, while layers are laid over each other, which names lead to the content that an entry brought. */
export interface ContentWatch {
  /** One name more. */
  named(source: LayerEntry): void;
  /** One name less. */
  unnamed(source: LayerEntry, by: TakenBy): void;
}

export interface TakenBy {
  readonly layer: number;
  /** What stands in its place; undefined where the name is gone, too. */
  readonly entry: LayerEntry | undefined;
}

export interface FlatImage {
  readonly tree: FileTree;
  /** What could not be laid over what was there. */
  readonly skipped: readonly (Skipped & { readonly layer: number })[];
}

/**
 * Lays layers over each other, the lowest first, as the OCI image specification says (layer.md): what a layer takes away it
 * takes from those below it only, wherever in its archive that stands; a folder over a folder changes its attributes and
 * keeps its content; anything else over anything else replaces it. Links are followed within the image, never out of it.
 */
export function flatten(layers: readonly LayerFacts[], watch?: ContentWatch): FlatImage {
  const root: Node = { file: folder(0), children: new Map() };
  const skipped: (Skipped & { layer: number })[] = [];
  for (const [layer, facts] of layers.entries()) {
    for (const whiteout of facts.whiteouts) takeAway(root, whiteout, { layer, watch });
    for (const entry of facts.entries) {
      const why = put(root, entry, { layer, content: facts.kept.get(entry.path), watch });
      if (why !== undefined) skipped.push({ path: entry.path, why, layer });
    }
  }
  return { tree: treeOf(root), skipped };
}

interface Watched {
  readonly layer: number;
  readonly watch: ContentWatch | undefined;
}

function takeAway(root: Node, { path, opaque }: Whiteout, { layer, watch }: Watched): void {
  const by = { layer, entry: undefined };
  if (opaque) {
    const held = followNode(root, path)?.children;
    if (watch !== undefined) for (const node of held?.values() ?? []) tellGone(node, by, watch);
    held?.clear();
    return;
  }
  const siblings = parentOf(root, path)?.children;
  const node = siblings?.get(nameOf(path));
  if (watch !== undefined && node !== undefined) tellGone(node, by, watch);
  siblings?.delete(nameOf(path));
}

/** Without recursion, as for `walkNode`. */
function tellGone(gone: Node, by: TakenBy, watch: ContentWatch): void {
  const open = [gone];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.source !== undefined) watch.unnamed(node.source, by);
    if (node.children !== undefined) for (const child of node.children.values()) open.push(child);
  }
}

function folder(layer: number): TreeFile {
  return { type: "directory", mode: 0o755, uid: 0, gid: 0, size: 0, layer };
}

interface Origin extends Watched {
  readonly content: Uint8Array | undefined;
}

/** Why it could not be put there; undefined where it was. */
function put(root: Node, entry: LayerEntry, { layer, content, watch }: Origin): string | undefined {
  const { path, type, target, stored: _stored, ...attributes } = entry;
  if (path === "") {
    if (type !== "directory") return "it would replace the root of the image";
    root.file = { ...attributes, type, layer };
    return undefined;
  }
  const parent = parentOf(root, path, layer);
  if (parent?.children === undefined) return "what it lies in is no folder";
  const name = nameOf(path);
  if (type === "hardlink") {
    const linked = parentOf(root, target ?? "")?.children?.get(nameOf(target ?? ""));
    if (linked === undefined || linked.children !== undefined)
      return `it is a hard link to ${target}, which is no file`;
    const { source } = linked;
    const link = { file: { ...linked.file, layer }, children: undefined };
    replace(parent.children, source === undefined ? link : { ...link, source }, { entry, layer, watch });
    return undefined;
  }
  const file: TreeFile = {
    ...attributes,
    type,
    layer,
    ...(target === undefined ? {} : { target }),
    ...(content === undefined ? {} : { content }),
  };
  const before = parent.children.get(name);
  if (type === "directory" && before?.children !== undefined) before.file = file;
  else if (type === "directory")
    replace(parent.children, { file, children: new Map() }, { entry, layer, watch });
  else {
    const node = { file, children: undefined };
    replace(parent.children, type === "file" ? { ...node, source: entry } : node, { entry, layer, watch });
  }
  return undefined;
}

/** The new name counts first: a hard link may stand in the place of the file that it leads to. */
function replace(
  siblings: Map<string, Node>,
  node: Node,
  { entry, layer, watch }: Watched & { readonly entry: LayerEntry },
): void {
  const name = nameOf(entry.path);
  if (watch !== undefined) {
    if (node.source !== undefined) watch.named(node.source);
    const before = siblings.get(name);
    if (before !== undefined) tellGone(before, { layer, entry }, watch);
  }
  siblings.set(name, node);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder that a path lies in, links followed. `layer`: folders that are missing on the way are made, by this layer. */
function parentOf(root: Node, path: string, layer?: number): Node | undefined {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? root : followNode(root, path.slice(0, slash), layer);
}

function followNode(root: Node, path: string, layer?: number): Node | undefined {
  const plain = plainNode(root, path);
  if (plain === "absent" && layer === undefined) return undefined;
  return typeof plain === "object" ? plain : follow(root, path, layer)?.node;
}

/** Where a path leads that has no link on its way or at its end, which most have; undefined for others. */
function plainNode(root: Node, path: string): Node | "absent" | undefined {
  let node = root;
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf("/", start);
    const end = slash < 0 ? path.length : slash;
    const name = path.slice(start, end);
    const next = node.children?.get(name);
    if (next === undefined) return name === "" || name === "." || name === ".." ? undefined : "absent";
    if (next.file.type === "symlink") return undefined;
    node = next;
    start = end + 1;
  }
  return node;
}

interface Followed {
  readonly node: Node;
  /** Names from the root, without links. */
  readonly names: readonly string[];
}

/** Walks a path from the root. `..` of a link's text goes up to the root and no further, as in a container. */
function follow(root: Node, path: string, layer?: number): Followed | undefined {
  const trail: { name: string; node: Node }[] = [];
  const open = path.split("/").reverse();
  let [links, parts] = [0, 0];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    parts++;
    if (parts > MAX_PARTS) return undefined;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      trail.pop();
      continue;
    }
    const { children } = trail.at(-1)?.node ?? root;
    if (children === undefined) return undefined;
    let node = children.get(part);
    if (node === undefined) {
      if (layer === undefined) return undefined;
      node = { file: folder(layer), children: new Map() };
      children.set(part, node);
    }
    const { type, target = "" } = node.file;
    if (type !== "symlink") {
      trail.push({ name: part, node });
      continue;
    }
    links++;
    if (links > MAX_LINKS) return undefined;
    if (target.startsWith("/")) trail.length = 0;
    open.push(...target.split("/").reverse());
  }
  return { node: trail.at(-1)?.node ?? root, names: trail.map(({ name }) => name) };
}

function treeOf(root: Node): FileTree {
  return {
    at: (path) => (path === "" ? root.file : parentOf(root, path)?.children?.get(nameOf(path))?.file),
    resolve(path): Resolved | undefined {
      const plain = plainNode(root, path);
      if (plain === "absent") return undefined;
      if (plain !== undefined) return { path, file: plain.file };
      const found = follow(root, path);
      return found === undefined ? undefined : { path: found.names.join("/"), file: found.node.file };
    },
    walk: () => walkNode(root),
  };
}

/** Without recursion: an archive may nest as deep as its paths are long. */
function* walkNode(root: Node): Generator<readonly [string, TreeFile]> {
  const open: { readonly path: string; readonly node: Node }[] = [{ path: "", node: root }];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const { path, node } = each;
    if (path !== "") yield [path, node.file];
    const names = [...(node.children?.keys() ?? [])].sort().reverse();
    for (const name of names) {
      const child = node.children?.get(name);
      if (child !== undefined) open.push({ path: path === "" ? name : `${path}/${name}`, node: child });
    }
  }
}
