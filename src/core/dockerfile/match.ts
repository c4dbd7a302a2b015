import { DockerfileError } from "./error.ts";
import { goMatcher, hasWildcard, isGoPattern } from "./go-match.ts";
import { contextPath } from "./go-path.ts";
import { IgnorePatternError } from "./ignore-pattern.ts";
import { PatternList } from "./pattern-list.ts";
import type { ContextSource } from "./resolved.ts";

export interface ContextFiles {
  /** Files, links and (with a slash at the end) empty folders that the ignore file lets through. Relative, with slashes. */
  readonly files: readonly string[];
  /** Symbolic links among `files`: path to target, as the link has it. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface SourceMatch {
  /** Sorted, each once. A link that is followed is listed as well as what it leads to. */
  readonly files: readonly string[];
  /** Sources that name nothing or lead nowhere, as written: BuildKit fails on these. */
  readonly missing: readonly string[];
  /**
   * Wildcards that find nothing. BuildKit takes them for nothing, but fails on one in a folder (`conf/*.toml`) where no
   * other instruction reads anything of that folder, since then the folder itself is not sent.
   */
  readonly empty: readonly string[];
}

const MAX_LINKS = 255;

// One tree is asked for every instruction of a Dockerfile.
const indexes = new WeakMap<ContextFiles, TreeIndex>();

/**
 * Which files one COPY, ADD or bind mount reads. Links are followed where they are the source or lie on the way to it
 * (not below a copied folder), and never lead out of the context. Throws DockerfileError DOCKERFILE_VALUE for a pattern
 * that Go refuses.
 */
export function matchSources(source: ContextSource, tree: ContextFiles): SourceMatch {
  const index = indexes.get(tree) ?? new TreeIndex(tree);
  indexes.set(tree, index);
  const found = new Set<string>();
  const missing: string[] = [];
  const empty: string[] = [];
  for (const pattern of source.patterns) {
    const roots = rootsOf(pattern, source, index);
    if (roots === undefined) missing.push(pattern);
    else if (roots.paths.length === 0) empty.push(pattern);
    else for (const path of selected(roots, source, index)) found.add(path);
  }
  return { files: [...found].sort(), missing, empty };
}

interface Roots {
  /** Paths that exist: files, or folders (`.` is all). */
  readonly paths: readonly string[];
  readonly links: readonly string[];
  /** With --parents: what of the folders is taken. */
  readonly include: readonly string[];
}

/** Undefined where the source names nothing. */
function rootsOf(pattern: string, source: ContextSource, index: TreeIndex): Roots | undefined {
  if (source.parents) {
    // `/./` is the pivot: the part before it is the folder that paths are kept relative to.
    const pivot = pattern.indexOf("/./");
    const folder = contextPath(pivot < 0 ? "" : pattern.slice(0, pivot));
    const include = contextPath(pivot < 0 ? pattern : pattern.slice(pivot + 3));
    const root = index.resolve(folder);
    if (root === undefined) return undefined;
    return { paths: [root.path], links: root.links, include: [include] };
  }
  const path = contextPath(pattern);
  if (source.kind !== "bind" && hasWildcard(path)) return wildcardRoots(path, source, index);
  const root = index.resolve(path);
  if (root?.path === "." && source.exclude.length > 0 && hasDeadLink(source, index)) return undefined;
  return root === undefined ? undefined : { paths: [root.path], links: root.links, include: [] };
}

/**
 * With --exclude and the context's root as its source, BuildKit follows the links that lie in the root to compute its
 * cache key, and fails on one that leads nowhere. It does so nowhere else.
 */
function hasDeadLink(source: ContextSource, index: TreeIndex): boolean {
  const excluded = patternList(source.exclude, source);
  return index.links().some((link) => {
    return !link.includes("/") && !excluded.matches(link) && index.resolve(link) === undefined;
  });
}

/** Links are followed before the first wildcard, and at what it finds; undefined where one leads nowhere. */
function wildcardRoots(path: string, { at }: ContextSource, index: TreeIndex): Roots | undefined {
  const parts = path.split("/");
  const first = parts.findIndex(hasWildcard);
  const fits = goMatcher(parts.slice(first).join("/"));
  if (!isGoPattern(path)) throw new DockerfileError("DOCKERFILE_VALUE", `"${path}" is no pattern`, { at });
  const folder = index.resolve(parts.slice(0, first).join("/") || ".");
  if (folder === undefined || !index.isFolder(folder.path)) return undefined;
  const start = folder.path === "." ? 0 : folder.path.length + 1;
  const roots: Resolved[] = [];
  for (const candidate of index.below(folder.path)) {
    if (!fits(candidate.slice(start))) continue;
    const root = index.resolve(candidate);
    if (root === undefined) return undefined;
    roots.push(root);
  }
  return {
    paths: roots.map((root) => root.path),
    links: [...folder.links, ...roots.flatMap(({ links }) => links)],
    include: [],
  };
}

function selected(
  { paths, links, include }: Roots,
  source: ContextSource,
  index: TreeIndex,
): readonly string[] {
  const excluded = patternList(source.exclude, source);
  const included = include.length === 0 || include[0] === "." ? undefined : patternList(include, source);
  const files = paths.flatMap((root) =>
    index.filesUnder(root).filter((file) => {
      // Patterns are relative to the source; a source that is a file itself is never excluded.
      const relative = root === "." ? file : file === root ? "" : file.slice(root.length + 1);
      if (relative === "") return true;
      const path = relative.replace(/\/$/, "");
      return !excluded.matches(path) && (included?.matches(path) ?? true);
    }),
  );
  return [...files, ...links];
}

function patternList(patterns: readonly string[], { at }: ContextSource): PatternList {
  try {
    return new PatternList(patterns);
  } catch (error) {
    if (!(error instanceof IgnorePatternError)) throw error;
    throw new DockerfileError("DOCKERFILE_VALUE", error.message, { at });
  }
}

interface Resolved {
  readonly path: string;
  /** Links that were followed. */
  readonly links: readonly string[];
}

class TreeIndex {
  readonly #files: ReadonlySet<string>;
  readonly #folders = new Map<string, string[]>([[".", []]]);
  readonly #links: ReadonlyMap<string, string>;

  constructor({ files, links }: ContextFiles) {
    this.#files = new Set(files.filter((path) => !path.endsWith("/")));
    this.#links = links ?? new Map();
    for (const path of files) {
      const name = path.replace(/\/$/, "");
      if (name !== path) this.#folders.set(name, this.#folders.get(name) ?? []);
      for (let slash = name.lastIndexOf("/"); ; slash = name.lastIndexOf("/", slash - 1)) {
        const folder = slash < 0 ? "." : name.slice(0, slash);
        const inside = this.#folders.get(folder);
        if (inside === undefined) this.#folders.set(folder, [path]);
        else inside.push(path);
        if (slash < 0) break;
      }
    }
  }

  links(): readonly string[] {
    return [...this.#links.keys()];
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Files, and empty folders with their slash. */
  filesUnder(path: string): readonly string[] {
    if (this.#files.has(path)) return [path];
    const inside = this.#folders.get(path) ?? [];
    return inside.length === 0 && path !== "." ? [`${path}/`] : inside;
  }

  /** Files and folders below a folder, without slashes at the end. */
  below(folder: string): readonly string[] {
    const prefix = folder === "." ? "" : `${folder}/`;
    const folders = [...this.#folders.keys()].filter(
      (path) => path !== "." && path.startsWith(prefix) && path !== folder,
    );
    return [...(this.#folders.get(folder) ?? []).filter((path) => !path.endsWith("/")), ...folders];
  }

  /** Follows links in every part of the path; undefined where it leads to nothing. */
  resolve(path: string): Resolved | undefined {
    const links: string[] = [];
    let waiting = path === "." ? [] : path.split("/");
    let current: string[] = [];
    while (waiting.length > 0) {
      const [part = "", ...rest] = waiting;
      waiting = rest;
      if (part === "..") current.pop();
      else if (part !== "." && part !== "") current.push(part);
      const target = this.#links.get(current.join("/"));
      if (target === undefined) continue;
      links.push(current.join("/"));
      if (links.length > MAX_LINKS) return undefined;
      // An absolute target starts at the context's root; no target leads above it.
      if (target.startsWith("/")) current = [];
      else current.pop();
      waiting = [...target.split("/"), ...waiting];
    }
    const end = current.join("/") || ".";
    return this.#files.has(end) || this.#folders.has(end) ? { path: end, links } : undefined;
  }
}
