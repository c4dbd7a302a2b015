import type { SearchFolder } from "./folders.ts";
import { ImageMemo } from "./image-memo.ts";
import type { CacheState } from "./ld-cache-index.ts";
import { lookUpCache } from "./library-cache.ts";
import type { Attempt, LoaderImage, LoadOutcome, SearchStep } from "./load-trace.ts";
import type { Loaded } from "./loaded.ts";
import { type Opened, type OpenRules, openLibrary } from "./open-library.ts";
import { placeOf } from "./place-of.ts";
import type { SubFolders, SystemLoader } from "./system-loader.ts";
import { costOf, MAX_PATH } from "./tokens.ts";

/** All that a search depends on, besides who asks. */
export interface SearchRules extends OpenRules {
  readonly image: LoaderImage;
  readonly system: SystemLoader;
  readonly subFolders: SubFolders;
  readonly libraryPath: readonly SearchFolder[];
  readonly cache: CacheState;
  readonly secure: boolean;
  isFolder(path: string): boolean;
  /** Those of `subFolders` that are there, below a folder. */
  subFoldersIn(prefix: string): Pick<SubFolders, "active" | "inactive">;
  foldersOf(object: Loaded): NonNullable<Loaded["folders"]>;
  /** Counts work, and says when it is too much. */
  spend(steps: number): boolean;
}

export type Opening = Extract<Opened, { readonly state: "open" }>;

export interface Searched {
  readonly tried: Attempt[];
  readonly variants: readonly string[];
  readonly end:
    | {
        readonly state: "open";
        readonly opened: Opening;
        readonly foundAs: string;
        readonly through: SearchStep;
      }
    | Extract<LoadOutcome, { readonly state: "missing" | "unknown" }>;
}

/** Of a preload in a program with more rights than its user: only libraries that are set-user-id, and not by the cache. */
export interface SearchRequest {
  readonly name: string;
  readonly by: Loaded;
  readonly program: Loaded;
  readonly preload: boolean;
}

const SET_USER_ID = 0o4000;

/**
 * Searches for a name, or opens a path, as glibc's loader does (`_dl_map_object` of elf/dl-load.c): RPATH of who asks and of
 * those whose needs loaded it, LD_LIBRARY_PATH, RUNPATH of who asks, the cache, default folders.
 */
export function searchLibrary(request: SearchRequest, rules: SearchRules): Searched {
  return new Search(request, rules).run();
}

class Search {
  readonly #request: SearchRequest;
  readonly #rules: SearchRules;
  readonly #tried: Attempt[] = [];
  readonly #variants = new Set<string>();

  constructor(request: SearchRequest, rules: SearchRules) {
    this.#request = request;
    this.#rules = rules;
  }

  run(): Searched {
    const end = this.#search() ?? { state: "missing" };
    const variants =
      end.state === "open"
        ? [...this.#variants].filter((path) => path !== end.opened.path)
        : [...this.#variants];
    return { tried: this.#tried, variants, end };
  }

  #search(): Searched["end"] | undefined {
    const { name, by } = this.#request;
    if (name.length > MAX_PATH) return undefined;
    if (name.includes("/")) return this.#open(name, { by: "path" });
    return (
      this.#byRpath() ??
      this.#inFolders(this.#rules.libraryPath, { by: "LD_LIBRARY_PATH" }) ??
      this.#inFolders(this.#rules.foldersOf(by).runpath, { by: "runpath", of: by.path }) ??
      this.#byCache() ??
      this.#byDefault()
    );
  }

  #byRpath(): Searched["end"] | undefined {
    const { by, program } = this.#request;
    const skipped = by.facts.runpath !== undefined;
    let sawProgram = false;
    for (
      let each: Loaded | undefined = by;
      each !== undefined;
      each = each.loader ?? (sawProgram ? undefined : program)
    ) {
      if (!this.#rules.spend(1)) return tooMuch();
      sawProgram ||= each === program;
      const { rpath } = this.#rules.foldersOf(each);
      if (rpath.length === 0) continue;
      const step: SearchStep = { by: "rpath", of: each.path };
      if (skipped) {
        this.#tried.push({ ...step, why: "skipped-for-runpath" });
        continue;
      }
      const found = this.#inFolders(rpath, step);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inFolders(folders: readonly SearchFolder[], step: SearchStep): Searched["end"] | undefined {
    for (const folder of folders) {
      const found = folder.hostDependent
        ? this.#inHostFolder(folder, step)
        : this.#inFolder(folder.prefix, step);
      if (found === "given-up") return undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A folder whose name depends on the CPU: only where none of its names has the file is it known what follows. */
  #inHostFolder({ prefix, alternatives }: SearchFolder, step: SearchStep): Searched["end"] | undefined {
    const { image, cwd } = this.#rules;
    const { name } = this.#request;
    const path = `${prefix}${name}`;
    if (alternatives === undefined) {
      this.#tried.push({ ...step, path, why: "host-dependent" });
      return { state: "unknown", why: `${prefix} depends on the CPU ($PLATFORM)` };
    }
    for (const each of alternatives) {
      if (!this.#rules.spend(1)) return tooMuch();
      if (ImageMemo.of(image).resolve(placeOf(`${each}${name}`, cwd)) !== undefined) {
        this.#tried.push({ ...step, path, why: "host-dependent" });
        return { state: "unknown", why: `${each}${name} is taken on some CPUs ($PLATFORM in ${prefix})` };
      }
      this.#tried.push({ ...step, path: `${each}${name}`, why: "absent" });
    }
    return undefined;
  }

  #inFolder(prefix: string, step: SearchStep): Searched["end"] | "given-up" | undefined {
    const { cwd, isFolder } = this.#rules;
    const { name } = this.#request;
    if (!this.#rules.spend(costOf(prefix))) return tooMuch();
    if (!isFolder(placeOf(prefix, cwd))) {
      this.#tried.push({ ...step, path: prefix, why: "no-folder" });
      return undefined;
    }
    const { active, inactive } = this.#rules.subFoldersIn(prefix);
    for (const sub of inactive) this.#noteVariant(`${prefix}${sub}${name}`);
    for (const sub of active) {
      const found = this.#open(`${prefix}${sub}${name}`, step);
      if (found !== undefined) return found;
    }
    const found = this.#open(`${prefix}${name}`, step);
    if (found !== undefined) return found;
    // Any failure but "absent" ends the list that the folder is in, not the search.
    return this.#tried.at(-1)?.why === "link-in-circles" ? "given-up" : undefined;
  }

  #noteVariant(path: string): void {
    const { cwd, image, spend } = this.#rules;
    if (!spend(costOf(path))) return;
    const found = ImageMemo.of(image).resolve(placeOf(path, cwd));
    if (found?.file.type === "file") this.#variants.add(found.path);
  }

  #byCache(): Searched["end"] | undefined {
    const { cache, system, subFolders, secure, spend } = this.#rules;
    const { name, by, preload } = this.#request;
    if (secure && preload) return undefined;
    const { cacheFlags } = system.machine;
    if (cache.state !== "read") {
      this.#tried.push({ by: "cache", why: "no-cache" });
      return undefined;
    }
    if (cacheFlags === undefined)
      return { state: "unknown", why: "which entries of ld.so.cache this machine takes is not known" };
    const path = lookUpCache(cache.cache, name, {
      flags: cacheFlags,
      hwcaps: (system.glibc ?? 36) < 33 ? [] : subFolders.levels,
      takesLegacy: (hwcap) => takesLegacy(hwcap, system, subFolders),
      spend,
    });
    if (!spend(0)) return tooMuch();
    if (path === undefined) {
      this.#tried.push({ by: "cache", why: "not-in-cache" });
      return undefined;
    }
    if (by.facts.noDefaultLibraries && system.folders.some((folder) => path.startsWith(folder))) {
      this.#tried.push({ by: "cache", path, why: "system-folder-refused" });
      return undefined;
    }
    return this.#open(path, { by: "cache" });
  }

  #byDefault(): Searched["end"] | undefined {
    const { system } = this.#rules;
    if (this.#request.by.facts.noDefaultLibraries) {
      this.#tried.push({ by: "default", why: "system-folder-refused" });
      return undefined;
    }
    const found = this.#inFolders(
      system.folders.map((prefix) => ({ prefix })),
      { by: "default" },
    );
    if (found === undefined && system.foldersAssumed)
      return { state: "unknown", why: `the default folders of ${system.path ?? system.name} are not known` };
    return found;
  }

  #open(path: string, step: SearchStep): Searched["end"] | undefined {
    if (!this.#rules.spend(costOf(path))) return tooMuch();
    const opened = openLibrary(path, this.#rules);
    if (opened.state === "refused") {
      this.#tried.push({ ...step, path, why: opened.why });
      return { state: "missing", refused: opened.path };
    }
    if (opened.state === "passed") {
      this.#tried.push({ ...step, path, why: opened.why });
      return undefined;
    }
    const searched = step.by !== "path" && step.by !== "cache";
    if (this.#rules.secure && this.#request.preload && searched && (opened.file.mode & SET_USER_ID) === 0) {
      this.#tried.push({ ...step, path, why: "no-set-user-id" });
      return undefined;
    }
    return { state: "open", opened, foundAs: path, through: step };
  }
}

function tooMuch(): Searched["end"] {
  return { state: "unknown", why: "the search takes more steps than are followed" };
}

/**
 * Entries for hardware of the old kind (x86: `x86_64` is bit 1, platforms are bits 48 to 51, `tls` is bit 63). Loaders after
 * glibc 2.36 take none but those for any hardware.
 */
function takesLegacy(
  [high, low]: readonly [number, number],
  { glibc = 36, machine }: SystemLoader,
  { active }: SubFolders,
): boolean {
  if (high === 0 && low === 0) return true;
  if (glibc > 36 || machine.platforms?.includes("x86_64") !== true) return false;
  const [platforms, tls] = [0x000f_0000, 0x8000_0000];
  if ((low & ~2) !== 0 || (high & ~(platforms | tls)) !== 0) return false;
  const platform = (high & platforms) >>> 16;
  const mine = active.includes("haswell/") ? 4 : active.includes("xeon_phi/") ? 8 : 0;
  return platform === 0 || platform === mine;
}
