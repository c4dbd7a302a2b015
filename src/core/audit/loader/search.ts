import type { ElfFacts } from "../elf/elf-facts.ts";
import { openCandidate } from "./candidate.ts";
import type { CacheEntry } from "./ld-cache.ts";
import type { Attempt, LoaderImage, LoadRoot, SearchStep } from "./load-trace.ts";
import { expandLibraryPath, expandPath, type SearchFolder, type Tokens } from "./search-path.ts";
import type { SystemFolders } from "./system-folders.ts";

/** An object of the process, as a search from it needs to know it. */
export interface Requester {
  readonly path: string;
  /** Absolute path by which it was found. */
  readonly foundAs: string;
  readonly elf: ElfFacts;
  /** What loaded it; undefined for the program. */
  readonly loader: Requester | undefined;
}

export interface Searcher {
  readonly image: LoaderImage;
  readonly root: LoadRoot;
  readonly program: Requester;
  readonly system: SystemFolders;
  /** By name; undefined where the image has no cache. */
  readonly cache: ReadonlyMap<string, readonly CacheEntry[]> | undefined;
  /** Folders below each folder that come before it, best first. */
  readonly subfolders: readonly string[];
  /** Started with the powers of another user: neither LD_LIBRARY_PATH nor relative names. */
  readonly secure: boolean;
}

export type SearchResult =
  | {
      readonly state: "found";
      readonly path: string;
      readonly foundAs: string;
      readonly elf: ElfFacts;
      readonly through: SearchStep;
    }
  | { readonly state: "missing" }
  | { readonly state: "unknown"; readonly why: string };

export interface Searched {
  readonly result: SearchResult;
  readonly tried: readonly Attempt[];
}

interface Place extends SearchStep {
  readonly folders: readonly SearchFolder[];
}

/** Ended a search: found, or a file that ends the start. */
type Ended = SearchResult | undefined;

/** Searches a name without a slash, from an object (glibc, `_dl_map_object` of elf/dl-load.c). */
export function searchName(searcher: Searcher, name: string, from: Requester): Searched {
  const tried: Attempt[] = [];
  const end = (result: SearchResult): Searched => ({ result, tried });
  for (const place of before(searcher, from)) {
    const found = inFolders(searcher, { name, place, tried });
    if (found !== undefined) return end(found);
  }
  const cached = inCache(searcher, { name, from, tried });
  if (cached !== undefined) return end(cached);
  if (!from.elf.noDefaultLibraries) {
    const folders = searcher.system.folders.map((folder) => ({ folder }));
    const found = inFolders(searcher, { name, place: { by: "default", folders }, tried });
    if (found !== undefined) return end(found);
  }
  const unknown = tried.find(({ why }) => why === "unknown-folder");
  return end(unknown === undefined ? { state: "missing" } : { state: "unknown", why: unknown.path ?? name });
}

/** DT_RPATH of who asks and of who loaded it, unless it has a DT_RUNPATH; LD_LIBRARY_PATH; DT_RUNPATH of who asks. */
function* before(searcher: Searcher, from: Requester): Generator<Place> {
  if (from.elf.runpath === undefined) {
    let sawProgram = false;
    for (let each: Requester | undefined = from; each !== undefined; each = each.loader) {
      yield* rpathOf(searcher, each);
      sawProgram ||= each === searcher.program;
    }
    if (!sawProgram) yield* rpathOf(searcher, searcher.program);
  }
  const { libraryPath } = searcher.root;
  if (libraryPath !== undefined && !searcher.secure)
    yield {
      by: "LD_LIBRARY_PATH",
      folders: expandLibraryPath(libraryPath, tokensOf(searcher, searcher.program)),
    };
  if (from.elf.runpath !== undefined)
    yield { by: "runpath", of: from.path, folders: expandPath(from.elf.runpath, tokensOf(searcher, from)) };
}

/** An object with both has its DT_RPATH ignored. */
function* rpathOf(searcher: Searcher, of: Requester): Generator<Place> {
  if (of.elf.rpath !== undefined && of.elf.runpath === undefined)
    yield { by: "rpath", of: of.path, folders: expandPath(of.elf.rpath, tokensOf(searcher, of)) };
}

export function tokensOf({ system, root }: Searcher, { foundAs }: Requester): Tokens {
  return { origin: foundAs.slice(0, Math.max(1, foundAs.lastIndexOf("/"))), lib: system.lib, cwd: root.cwd };
}

interface Asked {
  readonly name: string;
  readonly tried: Attempt[];
}

function inFolders(searcher: Searcher, { name, place, tried }: Asked & { readonly place: Place }): Ended {
  const { folders, ...step } = place;
  for (const each of folders) {
    if ("unknown" in each) {
      tried.push({ ...step, path: each.unknown, why: "unknown-folder" });
      continue;
    }
    const base = searcher.image.tree.resolve(each.folder.slice(1));
    const isThere = base?.file.type === "directory";
    for (const below of isThere ? searcher.subfolders : []) {
      // Only what is there is told: nobody wants to read of fifty folders that no image has.
      if (searcher.image.tree.resolve(`${each.folder.slice(1)}/${below}`)?.file.type !== "directory")
        continue;
      const found = open(searcher, { path: `${each.folder}/${below}/${name}`, step, tried });
      if (found !== undefined) return found;
    }
    const found = open(searcher, { path: `${each.folder}/${name}`, step, tried });
    if (found !== undefined) return found;
  }
  return undefined;
}

function inCache(searcher: Searcher, { name, from, tried }: Asked & { readonly from: Requester }): Ended {
  const entry = bestEntry(searcher, name);
  if (entry === undefined) {
    if (searcher.cache !== undefined) tried.push({ by: "cache", why: "not-in-cache" });
    return undefined;
  }
  const isSystem = searcher.system.folders.some((folder) => entry.path.startsWith(`${folder}/`));
  if (from.elf.noDefaultLibraries && isSystem) {
    tried.push({ by: "cache", path: entry.path, why: "system-folder-refused" });
    return undefined;
  }
  return open(searcher, { path: entry.path, step: { by: "cache" }, tried });
}

const FLAGS: Readonly<Record<number, number>> = {
  62: 0x0303,
  183: 0x0a03,
  3: 0x0003,
  21: 0x0503,
  22: 0x0403,
};
const LEVELS = ["baseline", "x86-64-v2", "x86-64-v3", "x86-64-v4"];

/** Of the entries for this machine the one of the highest level that the processor has, else the first without one. */
function bestEntry({ cache, program, root }: Searcher, name: string): CacheEntry | undefined {
  const flags = FLAGS[program.elf.machine] ?? 0x0003;
  const fitting = (cache?.get(name) ?? []).filter(
    (entry) => (entry.flags === flags || entry.flags === 1) && !entry.legacy,
  );
  const allowed = LEVELS.indexOf(root.level);
  const levelOf = ({ hwcaps }: CacheEntry): number => (hwcaps === undefined ? 0 : LEVELS.indexOf(hwcaps));
  let best: CacheEntry | undefined;
  for (const entry of fitting) {
    const level = levelOf(entry);
    if (level < 0 || level > allowed) continue;
    if (best === undefined || level > levelOf(best)) best = entry;
  }
  return best;
}

interface Opened {
  readonly path: string;
  readonly step: SearchStep;
  readonly tried: Attempt[];
}

export function open(searcher: Searcher, { path, step, tried }: Opened): Ended {
  const candidate = openCandidate(searcher.image, path, searcher.program.elf);
  if (candidate.state === "taken")
    return { state: "found", path: candidate.path, foundAs: path, elf: candidate.elf, through: step };
  tried.push({ ...step, path, why: candidate.why });
  return candidate.state === "fatal" ? { state: "missing" } : undefined;
}
