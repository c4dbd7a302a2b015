import type { ElfFacts } from "../elf/elf-facts.ts";
import { checkVersions } from "./check-versions.ts";
import { isTrusted, MAX_FOLDERS, parseFolders, type SearchFolder } from "./folders.ts";
import { isHostLibrary } from "./host-libraries.ts";
import { ImageMemo } from "./image-memo.ts";
import type { CacheState, LdCacheIndex } from "./ld-cache-index.ts";
import type {
  LoadEdge,
  LoaderImage,
  LoadOutcome,
  LoadRoot,
  LoadTrace,
  VersionFinding,
} from "./load-trace.ts";
import { type Loaded, LoadedObjects } from "./loaded.ts";
import { mapRefusal } from "./open-library.ts";
import { placeOf } from "./place-of.ts";
import { preloadFileNames, preloadNames } from "./preload.ts";
import { type Searched, type SearchRules, searchLibrary } from "./search.ts";
import { type SubFolders, type SystemLoader, subFoldersOf } from "./system-loader.ts";
import { expandTokens, hasTokens, type TokenValues } from "./tokens.ts";

/** How large a process may be: a real one of torch has 400 objects and 3,000 edges. */
const [MAX_OBJECTS, MAX_EDGES] = [5000, 100_000];

export interface ProcessStart {
  readonly image: LoaderImage;
  readonly root: LoadRoot;
  readonly program: ElfFacts;
  readonly system: SystemLoader;
  readonly cache: LdCacheIndex | undefined;
}

interface Need {
  readonly by: Loaded;
  /** As it is written. */
  readonly name: string;
  readonly kind: Exclude<LoadEdge["kind"], "interpreter">;
}

/** A process of glibc's loader, from its start to the last `dlopen`. */
export class GlibcProcess {
  readonly #start: ProcessStart;
  readonly #objects = new LoadedObjects();
  readonly #edges: LoadEdge[] = [];
  readonly #versions: VersionFinding[] = [];
  readonly #notes = new Set<string>();
  readonly #done = new Set<Loaded>();
  readonly #subFolders = new Map<string, Pick<SubFolders, "active" | "inactive">>();
  readonly #checked = new Set<Loaded>();
  readonly #missing = new Set<string>();
  readonly #program: Loaded;
  readonly #rules: SearchRules;
  #isCut = false;

  constructor(start: ProcessStart) {
    this.#start = start;
    const { image, root, program, system } = start;
    this.#program = {
      path: root.program,
      foundAs: `/${root.program}`,
      facts: program,
      kind: "program",
      identity: undefined,
      loader: undefined,
      by: undefined,
      names: new Set(),
    };
    this.#objects.add(this.#program);
    this.#rules = this.#makeRules(start);
    const loader = system.path === undefined ? undefined : image.elfAt(system.path);
    if (system.path !== undefined && loader !== undefined) {
      const names = new Set([system.name]);
      const { path } = system;
      this.#objects.add({
        path,
        foundAs: system.name,
        facts: loader,
        kind: "loader",
        identity: undefined,
        loader: undefined,
        by: root.program,
        names,
      });
    }
  }

  run(): LoadTrace {
    const { root, image } = this.#start;
    this.#interpreterEdge();
    const preloads = [...preloadNames(root.preload, this.#rules.secure), ...preloadFileNames(image)].flatMap(
      (name) => this.#need({ by: this.#program, name, kind: "preload" }),
    );
    this.#loadAll([this.#program, ...new Set(preloads)]);
    for (const { path, by } of root.opened) {
      if (this.#isCut) break;
      this.#open(path, by);
    }
    const { all, takenBack } = this.#objects;
    const written = ({ path, foundAs, by }: Loaded) => ({
      path,
      foundAs: foundAs.replace(/^\//, ""),
      ...(by === undefined ? {} : { by }),
    });
    return {
      root,
      loader: "glibc",
      objects: all.filter((each) => this.#isShown(each)).map(written),
      takenBack: takenBack.map(written),
      edges: this.#edges,
      versions: this.#versions,
      isCut: this.#isCut,
      notes: [...this.#notes],
    };
  }

  /** The loader itself is there in any case: it is shown where something needs it. */
  #isShown({ kind, path }: Loaded): boolean {
    return (
      kind !== "loader" ||
      this.#edges.some(({ outcome }) => outcome.state === "loaded" && outcome.path === path)
    );
  }

  #makeRules({ image, root, program, system, cache: index }: ProcessStart): SearchRules {
    const memo = ImageMemo.of(image);
    const file = image.tree.resolve(root.program)?.file;
    const secure = root.secure ?? ((file?.mode ?? 0) & 0o6000) !== 0;
    const cache = cacheFor(index, program);
    if (cache.state === "ignored") this.#notes.add(`the loader goes on without its cache: ${cache.why}`);
    if (system.foldersAssumed)
      this.#notes.add(`the default folders of ${system.name} are assumed to be where it lies`);
    if (system.glibc === undefined)
      this.#notes.add("the libc beside the loader tells no version: taken as glibc 2.36");
    const kernel = (system.glibc ?? 36) < 36 ? root.kernel : undefined;
    const rules: SearchRules = {
      image,
      cwd: root.cwd,
      wanted: program,
      kernel,
      system,
      subFolders: subFoldersOf(system, root),
      libraryPath: [],
      cache,
      secure: secure || (root.secure === undefined && file?.capabilities === true),
      isFolder: (path) => memo.isFolder(path),
      subFoldersIn: (prefix) => this.#subFoldersIn(prefix),
      foldersOf: (object) => this.#foldersOf(object),
      spend: this.#spender(memo),
    };
    if (rules.secure) return rules;
    const tokens = tokensOf(this.#program, rules, root);
    return { ...rules, libraryPath: parseFolders(root.libraryPath ?? "", { separators: /[:;]/, tokens }) };
  }

  #subFoldersIn(prefix: string): Pick<SubFolders, "active" | "inactive"> {
    const known = this.#subFolders.get(prefix);
    if (known !== undefined) return known;
    const { cwd, subFolders, isFolder } = this.#rules;
    const isThere = (sub: string) => isFolder(placeOf(`${prefix}${sub}`, cwd));
    const there = {
      active: subFolders.active.filter(isThere),
      inactive: subFolders.inactive.filter(isThere),
    };
    this.#subFolders.set(prefix, there);
    return there;
  }

  #spender(memo: ImageMemo): SearchRules["spend"] {
    const spend = memo.spender();
    return (steps) => {
      this.#isCut ||= !spend(steps);
      return !this.#isCut;
    };
  }

  #interpreterEdge(): void {
    const { root, program, system } = this.#start;
    if (program.interpreter === undefined) return;
    if (system.path !== undefined) return;
    const tried = [{ by: "path" as const, path: system.name, why: "absent" as const }];
    this.#edges.push({
      from: root.program,
      needed: system.name,
      kind: "interpreter",
      outcome: { state: "missing" },
      tried,
    });
  }

  #foldersOf(object: Loaded): NonNullable<Loaded["folders"]> {
    if (object.folders !== undefined) return object.folders;
    const { rpath = "", runpath } = object.facts;
    const { system, secure } = this.#rules;
    const rules = {
      separators: /:/,
      tokens: tokensOf(object, this.#rules, this.#start.root),
      ...(secure && object.kind === "program"
        ? { trusts: (path: string) => isTrusted(path, system.folders) }
        : {}),
    };
    const parse = (text: string): readonly SearchFolder[] => {
      const folders = parseFolders(text, rules);
      // With `$ORIGIN` a short text becomes a long list of long paths.
      this.#rules.spend(folders.reduce((sum, { prefix }) => sum + prefix.length, 0) >> 7);
      if (folders.length >= MAX_FOLDERS)
        this.#notes.add(
          `${object.path} lists more than ${MAX_FOLDERS} folders; the others are not looked into`,
        );
      return folders;
    };
    // An object with DT_RUNPATH has no DT_RPATH to the loader.
    object.folders =
      runpath === undefined ? { rpath: parse(rpath), runpath: [] } : { rpath: [], runpath: parse(runpath) };
    return object.folders;
  }

  /** Breadth first, as `_dl_map_object_deps`: filters and auxiliary objects come before the object that names them. */
  #loadAll(first: readonly Loaded[]): readonly Loaded[] {
    const list = [...first];
    const listed = new Set(list);
    for (let at = 0; at < list.length && !this.#isCut; at++) {
      const by = list[at];
      if (by === undefined || this.#done.has(by)) continue;
      this.#done.add(by);
      for (const name of by.facts.needed)
        for (const object of this.#need({ by, name, kind: "needed" })) {
          if (!listed.has(object)) list.push(object);
          listed.add(object);
        }
      const before = (["filter", "auxiliary"] as const).flatMap((kind) =>
        by.facts[kind].flatMap((name) => this.#need({ by, name, kind })),
      );
      for (const object of before) {
        if (!this.#rules.spend(list.length)) break;
        const place = list.indexOf(object);
        if (place >= 0 && place <= list.indexOf(by)) continue;
        if (place >= 0) list.splice(place, 1);
        list.splice(list.indexOf(by), 0, object);
        listed.add(object);
        this.#objects.moveBefore(object, by);
      }
      if (before.length > 0) at = list.findIndex((each) => !this.#done.has(each)) - 1;
      if (at < -1) break;
    }
    for (const object of list) this.#checkVersions(object);
    return list;
  }

  /** Once, as the loader does. */
  #checkVersions(object: Loaded): void {
    if (this.#checked.has(object)) return;
    this.#checked.add(object);
    const cost = object.facts.versionsNeeded.reduce((sum, { versions }) => sum + 1 + versions.length, 0);
    if (this.#rules.spend(cost))
      for (const found of checkVersions(object, this.#objects, (name) => this.#missing.has(name)))
        this.#versions.push(found);
  }

  /** `dlopen`: what it brings stays only where all of it could be loaded. */
  #open(path: string, caller: string | undefined): void {
    const kept = new Set(this.#objects.all);
    const [edges, versions] = [this.#edges.length, this.#versions.length];
    const by = this.#objects.all.find((each) => each.path === caller) ?? this.#program;
    const name = path.includes("/") && !path.startsWith("/") ? `/${path}` : path;
    const [opened] = this.#need({ by, name, kind: "opened" });
    if (opened === undefined || kept.has(opened)) return;
    this.#loadAll([opened]);
    const failed =
      this.#edges
        .slice(edges)
        .some(({ kind, outcome }) => kind !== "auxiliary" && outcome.state === "missing") ||
      this.#versions.slice(versions).some(({ severity }) => severity === "fatal");
    if (!failed) return;
    this.#objects.keepOnly(kept);
    for (const each of this.#done) if (!kept.has(each)) this.#done.delete(each);
  }

  /** The object that a name leads to, where it leads to one, with its edge put down. */
  #need(need: Need): readonly [] | readonly [Loaded] {
    const { by, name, kind } = need;
    this.#isCut ||= this.#edges.length >= MAX_EDGES || this.#objects.all.length >= MAX_OBJECTS;
    if (!this.#rules.spend(1)) return [];
    const about = { from: by.path, needed: name, kind };
    const expanded = this.#expand(need);
    if (typeof expanded !== "string") {
      this.#edges.push({ ...about, outcome: expanded, tried: [] });
      return [];
    }
    const known = this.#objects.named(expanded);
    if (known !== undefined) {
      this.#edges.push({ ...about, outcome: { state: "loaded", path: known.path }, tried: [] });
      return [known];
    }
    const preload = kind === "preload";
    const searched = searchLibrary({ name: expanded, by, program: this.#program, preload }, this.#rules);
    const [outcome, object] = this.#settle(need, expanded, searched);
    const { tried, variants } = searched;
    if (outcome.state === "missing" || outcome.state === "host") this.#missing.add(name);
    const hint = outcome.state === "missing" ? this.#hintFor(expanded) : undefined;
    this.#edges.push({
      ...about,
      outcome,
      tried,
      ...(variants.length === 0 ? {} : { variants }),
      ...(hint === undefined ? {} : { hint }),
    });
    return object === undefined ? [] : [object];
  }

  #settle({ by, kind }: Need, name: string, { tried, end }: Searched): readonly [LoadOutcome, Loaded?] {
    // A file of the driver's name that cannot be loaded is no reason to hope for another.
    if (end.state === "missing")
      return [end.refused === undefined && isHostLibrary(name) ? { state: "host" } : end];
    if (end.state !== "open") return [end];
    const { opened, foundAs, through } = end;
    const { path, facts } = opened;
    const identity = this.#start.image.identityOf?.(path) ?? path;
    const known = this.#objects.ofFile(identity);
    if (known !== undefined) {
      this.#objects.rename(known, name);
      return [{ state: "loaded", path: known.path, through }, known];
    }
    const why = mapRefusal(facts);
    if (why !== undefined) {
      tried.push({ ...through, path: foundAs, why });
      return [{ state: "missing", refused: path }];
    }
    const written = foundAs.startsWith("/") ? foundAs : `${this.#rules.cwd.replace(/\/+$/, "")}/${foundAs}`;
    const object: Loaded = {
      path,
      foundAs: written,
      facts,
      kind: "library",
      identity,
      loader: kind === "opened" ? undefined : by,
      by: kind === "opened" ? undefined : by.path,
      names: new Set([foundAs, name]),
    };
    this.#objects.add(object);
    return [{ state: "found", path, through }, object];
  }

  /** The name with its tokens expanded, or why it leads nowhere. */
  #expand({ by, name }: Need): string | LoadOutcome {
    if (!hasTokens(name)) return name;
    if (this.#rules.secure)
      return {
        state: "unknown",
        why: "the loader takes no $ in names of a program with more rights than its user",
      };
    const expanded = expandTokens(name, tokensOf(by, this.#rules, this.#start.root));
    if (expanded.kind === "text") return expanded.text;
    if (expanded.kind === "host") return { state: "unknown", why: `${name} depends on the CPU ($PLATFORM)` };
    return { state: "missing" };
  }

  /** Where ldconfig would have found it. */
  #hintFor(name: string): string | undefined {
    if (name.includes("/") || !this.#rules.spend(1)) return undefined;
    const memo = ImageMemo.of(this.#start.image);
    for (const { path, file, line } of memo.configured) {
      if (!this.#rules.spend(1)) return undefined;
      if (memo.resolve(`${path}/${name}`) === undefined) continue;
      return `/${path}/${name} is there, in a folder that ${file}:${line} lists, and the loader reads etc/ld.so.cache only: run ldconfig after what put it there`;
    }
    return undefined;
  }
}

function tokensOf(
  object: Loaded,
  { system, secure }: Pick<SearchRules, "system" | "secure">,
  root: LoadRoot,
): TokenValues {
  return {
    origin: object.foundAs.replace(/\/[^/]*$/, "") || "/",
    lib: system.lib,
    platforms: root.platform === undefined ? system.machine.platforms : [root.platform],
    secure,
  };
}

/** One for another byte order is no cache to the loader. */
function cacheFor(index: LdCacheIndex | undefined, { byteOrder }: ElfFacts): CacheState {
  const state: CacheState = index?.state ?? { state: "absent" };
  if (state.state !== "read" || state.cache.byteOrder === byteOrder) return state;
  return { state: "ignored", why: "etc/ld.so.cache is of another byte order" };
}
