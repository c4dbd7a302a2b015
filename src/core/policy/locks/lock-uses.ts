import type { SourcePosition } from "../../base/error.ts";
import type { ImageGraph, ImageNode } from "../../graph/image-graph.ts";
import { type PipInstall, readPipInstalls } from "./pip-installs.ts";
import { absolute, type PlacedFiles, type RunStep, type StageWalk, walkStage } from "./stage-files.ts";

/** A place in the work tree where a file may be that an image reads, relative to the fleet's folder. */
export interface TreePlace {
  readonly folder: string;
  readonly path: string;
}

/** A call of pip in an image that installs from a file. */
export interface LockUse {
  readonly image: string;
  /** Index of the stage in the image's Dockerfile. */
  readonly stage: number;
  /** As the Dockerfile names it. */
  readonly written: string;
  /** Where the file may be in the tree, the most likely first; empty where the Dockerfile does not tell. */
  readonly places: readonly TreePlace[];
  /** Options that decide what is installed, as they are written. */
  readonly choices: readonly string[];
  readonly environment: string | undefined;
  readonly python: string | undefined;
  readonly at: SourcePosition;
}

/** A call of pip that takes packages from an index by name: no lock says which. */
export interface UnlockedInstall {
  readonly image: string;
  readonly what: string;
  readonly at: SourcePosition;
}

export interface ImageInstalls {
  readonly uses: readonly LockUse[];
  readonly unlocked: readonly UnlockedInstall[];
}

/** What each image of a fleet installs with pip, read from its Dockerfile alone. By name, in the graph's order. */
export function findInstalls(graph: ImageGraph): ReadonlyMap<string, ImageInstalls> {
  const walker = new GraphWalker(graph);
  return new Map([...graph.nodes.values()].map((node) => [node.name, walker.installs(node)]));
}

const MAX_STEPS = 20;

/** Where a stage's files are looked for. */
interface Where {
  readonly node: ImageNode;
  /** The place of the stage among the reachable ones. */
  readonly ordinal: number;
}

class GraphWalker {
  readonly #graph: ImageGraph;
  readonly #walks = new Map<string, StageWalk>();

  constructor(graph: ImageGraph) {
    this.#graph = graph;
  }

  installs(node: ImageNode): ImageInstalls {
    const uses: LockUse[] = [];
    const unlocked: UnlockedInstall[] = [];
    for (const [ordinal, stage] of node.dockerfile.stages.entries()) {
      for (const step of this.#walk({ node, ordinal }, 0).runs) {
        for (const install of readPipInstalls(step.shell)) {
          uses.push(
            ...this.#usesOf(install, step, { node, ordinal }).map((use) => ({ ...use, stage: stage.index })),
          );
          unlocked.push(...unlockedBy(install, node.name, step.at));
        }
      }
    }
    return { uses, unlocked };
  }

  #usesOf(install: PipInstall, step: RunStep, where: Where): readonly Omit<LockUse, "stage">[] {
    const { environment, python, folder, choices } = install;
    return install.files.map(({ text, known }) => {
      const start = folder === undefined ? step.workdir : absolute(step.workdir, folder.text);
      const isTold = known && (folder?.known ?? true);
      return {
        image: where.node.name,
        written: text,
        places: isTold ? this.#places(absolute(start, text), [...step.mounts, ...step.copied], where) : [],
        choices,
        environment,
        python,
        at: step.at,
      };
    });
  }

  /** A stage starts with what its base ends with: another stage, or another image of the fleet. */
  #walk({ node, ordinal }: Where, depth: number): StageWalk {
    const key = `${node.name} ${ordinal}`;
    const known = this.#walks.get(key);
    if (known !== undefined) return known;
    const stage = node.dockerfile.stages[ordinal];
    const base = stage === undefined || depth > MAX_STEPS ? undefined : this.#baseOf({ node, ordinal });
    const start = base === undefined ? { workdir: "/" } : { workdir: this.#walk(base, depth + 1).workdir };
    const walk = walkStage(stage?.instructions ?? [], { ...start, copied: [] });
    this.#walks.set(key, walk);
    return walk;
  }

  #baseOf({ node, ordinal }: Where): Where | undefined {
    const base = node.dockerfile.stages[ordinal]?.base;
    if (base?.kind === "stage") {
      const at = node.dockerfile.stages.findIndex(({ index }) => index === base.index);
      return at < 0 ? undefined : { node, ordinal: at };
    }
    return base?.kind === "image" ? this.#imageNamed(node, base.ref) : undefined;
  }

  #imageNamed(node: ImageNode, ref: string): Where | undefined {
    const edge = node.parents.find(({ key, kind }) => key === ref && kind === "image");
    const parent = edge === undefined ? undefined : this.#graph.nodes.get(edge.name);
    if (parent === undefined) return undefined;
    const { stages, target } = parent.dockerfile;
    const ordinal = stages.findIndex(({ index }) => index === target);
    return ordinal < 0 ? undefined : { node: parent, ordinal };
  }

  /** `placed`: what lies in the stage at that moment, the nearest first. */
  #places(path: string, placed: readonly PlacedFiles[], where: Where, depth = 0): readonly TreePlace[] {
    if (depth > MAX_STEPS) return [];
    const own = placed.flatMap((files) =>
      sourcesOf(path, files).flatMap((source) => this.#placesFrom(source, files.from, where, depth)),
    );
    const base = this.#baseOf(where);
    if (base === undefined) return own;
    return [...own, ...this.#places(path, this.#walk(base, 0).copied, base, depth + 1)];
  }

  #placesFrom(source: string, from: PlacedFiles["from"], where: Where, depth: number): readonly TreePlace[] {
    const { node } = where;
    const { declared } = node;
    if (from.kind === "context") return [{ folder: declared.context, path: source }];
    if (from.kind === "named") {
      const folder = Object.hasOwn(declared.contexts, from.name) ? declared.contexts[from.name] : undefined;
      if (folder !== undefined) return [{ folder, path: source }];
    }
    const next = from.kind === "stage" ? { node, ordinal: from.ordinal } : this.#imageNamed(node, from.name);
    if (next === undefined) return [];
    return this.#places(absolute("/", source), this.#walk(next, 0).copied, next, depth + 1);
  }
}

/** The paths on the other side that would lie at `path`: those by their own name first, then those in a folder. */
function sourcesOf(path: string, { paths, to }: PlacedFiles): readonly string[] {
  const target = to.replace(/\/$/, "");
  if (path === target) return paths.filter((source) => !isPattern(source));
  if (!path.startsWith(`${target}/`)) return [];
  const rest = path.slice(target.length + 1);
  const named = paths.flatMap((source) => {
    const name = nameOf(source);
    if (!isPattern(source)) return name === rest ? [source] : [];
    // `COPY requirements*.txt /tmp/`: the file has its own name.
    return fits(name, rest) ? [source.slice(0, source.length - name.length) + rest] : [];
  });
  const folders = paths.filter((source) => !isPattern(source) && nameOf(source) !== rest);
  return [...named, ...folders.map((source) => joined(source, rest))];
}

function nameOf(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(nameOf(path));
}

function joined(folder: string, rest: string): string {
  const plain = folder.replace(/^(?:\.?\/)+|\/+$/g, "");
  return plain === "" || plain === "." ? rest : `${plain}/${rest}`;
}

/** `*` and `?` of a COPY pattern; anything else is taken as it is. The tree has the last word. */
function fits(pattern: string, name: string): boolean {
  if (name.includes("/")) return false;
  const parts = pattern.split(/[*?[]/);
  return (
    name.startsWith(parts[0] ?? "") && name.endsWith(/[*?\]]$/.test(pattern) ? "" : (parts.at(-1) ?? ""))
  );
}

/** Names that an index would be asked for; a folder or an archive of the image itself is none. */
function unlockedBy({ operands, noIndex }: PipInstall, image: string, at: SourcePosition): UnlockedInstall[] {
  if (noIndex) return [];
  return operands
    .filter(({ text }) => !/^\.{0,2}\/|^\.{1,2}$|^file:|\.whl$|\.tar\.gz$|\.zip$/.test(text))
    .map(({ text }) => ({ image, what: text, at }));
}
