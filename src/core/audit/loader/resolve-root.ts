import { isHostLibrary } from "./host-libraries.ts";
import { type CacheEntry, readLdCache } from "./ld-cache.ts";
import type { Attempt, LoadEdge, LoadedObject, LoaderImage, LoadRoot, LoadTrace } from "./load-trace.ts";
import { open, type Requester, type Searcher, searchName, tokensOf } from "./search.ts";
import { expandTokens } from "./search-path.ts";
import { systemFolders } from "./system-folders.ts";
import { versionFindings } from "./version-findings.ts";

/** A process of the largest programs has some hundred; a chain of links that never ends has no end. */
const MAX_OBJECTS = 20_000;

/** An object of the process, with all names that it answers to. */
interface Loaded extends Requester {
  readonly names: Set<string>;
}

/** The caches of an image are the same for all its roots. */
export type LdCacheIndex = ReadonlyMap<string, readonly CacheEntry[]>;

/** Entries by name; undefined where there is no cache. Throws AuditError LD_CACHE_INVALID. */
export function indexLdCache(image: Pick<LoaderImage, "contentOf">): LdCacheIndex | undefined {
  const bytes = image.contentOf("etc/ld.so.cache");
  if (bytes === undefined) return undefined;
  const index = new Map<string, CacheEntry[]>();
  for (const entry of readLdCache(bytes)) {
    const known = index.get(entry.name);
    if (known === undefined) index.set(entry.name, [entry]);
    else known.push(entry);
  }
  return index;
}

/**
 * What glibc's loader does for one program, and for what the program opens afterwards, without running either: breadth first,
 * each name once, an object that is there already answering before any search.
 */
export function resolveRoot(image: LoaderImage, root: LoadRoot, cache: LdCacheIndex | undefined): LoadTrace {
  const elf = image.elfAt(root.program);
  const kind = elf === undefined ? "unknown" : loaderOf(elf.interpreter, elf.dynamic);
  if (elf === undefined || kind !== "glibc")
    return { root, loader: kind, objects: [], edges: [], versions: [] };
  const program: Loaded = {
    path: root.program,
    foundAs: `/${root.program}`,
    elf,
    loader: undefined,
    names: new Set([`/${root.program}`]),
  };
  const file = image.tree.at(root.program);
  const searcher: Searcher = {
    image,
    root,
    program,
    system: systemFolders(image.tree, elf),
    cache,
    subfolders: hwcapsFolders(root.level),
    secure: file !== undefined && ((file.mode & 0o6000) !== 0 || file.capabilities === true),
  };
  return new Process(searcher, program).trace();
}

function loaderOf(interpreter: string | undefined, isDynamic: boolean): LoadTrace["loader"] {
  if (!isDynamic && interpreter === undefined) return "none";
  if (interpreter === undefined) return "unknown";
  if (/\/ld-musl-[^/]+$/.test(interpreter)) return "musl";
  return /\/ld(?:-linux[^/]*|64|)\.so\.\d+$/.test(interpreter) ? "glibc" : "unknown";
}

function hwcapsFolders(level: LoadRoot["level"]): readonly string[] {
  const levels = ["x86-64-v4", "x86-64-v3", "x86-64-v2"];
  const from = levels.indexOf(level);
  return from < 0 ? [] : levels.slice(from).map((each) => `glibc-hwcaps/${each}`);
}

class Process {
  readonly #searcher: Searcher;
  readonly #program: Loaded;
  readonly #edges: LoadEdge[] = [];
  #objects: Loaded[] = [];

  constructor(searcher: Searcher, program: Loaded) {
    this.#searcher = searcher;
    this.#program = program;
  }

  trace(): LoadTrace {
    const { root } = this.#searcher;
    this.#objects.push(this.#program);
    for (const name of root.preload) this.#need(this.#program, name, "preload");
    this.#loadNeeds(0);
    for (const { path, by } of root.opened) this.#open(path, by);
    const objects = this.#objects;
    return {
      root,
      loader: "glibc",
      objects: objects.map(({ path, foundAs, loader }): LoadedObject => {
        const about = { path, foundAs: foundAs.slice(1) };
        return loader === undefined ? about : { ...about, by: loader.path };
      }),
      edges: this.#edges,
      versions: versionFindings(objects),
    };
  }

  /** What one `dlopen` does: all of it, or, where something is missing, nothing. A name without a slash is searched. */
  #open(path: string, by: string | undefined): void {
    const from = this.#objects.find((each) => each.path === by) ?? this.#program;
    const before = this.#objects.length;
    const edges = this.#edges.length;
    this.#need(from, path.includes("/") ? `/${path}` : path, "opened");
    this.#loadNeeds(before);
    const failed = this.#edges
      .slice(edges)
      .some(({ outcome, kind }) => kind !== "auxiliary" && isFatal(outcome));
    if (failed) this.#objects = this.#objects.slice(0, before);
  }

  /** The list grows while it is walked: that is the breadth-first order. */
  #loadNeeds(start: number): void {
    for (let index = start; index < this.#objects.length && index < MAX_OBJECTS; index++) {
      const object = this.#objects[index];
      if (object === undefined) return;
      for (const name of object.elf.filter) this.#need(object, name, "filter");
      for (const name of object.elf.auxiliary) this.#need(object, name, "auxiliary");
      for (const name of object.elf.needed) this.#need(object, name, "needed");
    }
  }

  #need(from: Loaded, name: string, kind: LoadEdge["kind"]): void {
    const edge = (outcome: LoadEdge["outcome"], tried: readonly Attempt[]): void =>
      void this.#edges.push({ from: from.path, needed: name, kind, outcome, tried });
    const known = this.#answering(name);
    if (known !== undefined) return edge({ state: "loaded", path: known.path }, []);
    const { result, tried } = name.includes("/")
      ? this.#byPath(name, from)
      : searchName(this.#searcher, name, from);
    if (result.state !== "found") {
      const isHost = result.state === "missing" && isHostLibrary(name);
      return edge(isHost ? { state: "host" } : result, tried);
    }
    const { path, foundAs, elf, through } = result;
    // The same file under another name is the same object.
    const same = this.#objects.find((each) => each.path === path);
    if (same !== undefined) {
      same.names.add(name);
      return edge({ state: "found", path, through }, tried);
    }
    this.#objects.push({ path, foundAs, elf, loader: from, names: new Set([name]) });
    edge({ state: "found", path, through }, tried);
  }

  /** By a name that it was found under, or by its own. */
  #answering(name: string): Loaded | undefined {
    return this.#objects.find(
      (each) => each.names.has(name) || (each.loader !== undefined && each.elf.soname === name),
    );
  }

  #byPath(name: string, from: Loaded): ReturnType<typeof searchName> {
    const tried: Attempt[] = [];
    const expanded = expandTokens(name, tokensOf(this.#searcher, from));
    if (typeof expanded !== "string") return { result: { state: "unknown", why: expanded.unknown }, tried };
    const path = expanded.startsWith("/") ? expanded : `${this.#searcher.root.cwd}/${expanded}`;
    return {
      result: open(this.#searcher, { path, step: { by: "path" }, tried }) ?? { state: "missing" },
      tried,
    };
  }
}

function isFatal({ state }: LoadEdge["outcome"]): boolean {
  return state === "missing" || state === "host";
}
