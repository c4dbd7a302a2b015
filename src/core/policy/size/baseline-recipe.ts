import type { Root } from "../../blueprint/blueprint.ts";
import type { ImageGraph, ImageNode } from "../../graph/image-graph.ts";
import { baseChain } from "../locks/base-chain.ts";
import { findInstalls, type LockUse, type TreePlace } from "../locks/lock-uses.ts";
import { walkStage } from "../locks/stage-files.ts";
import { readAptInstalls } from "./apt-installs.ts";

/** What a service would install if it were one image by itself. */
export interface BaselineRecipe {
  readonly root: Root;
  /** Sorted; with the tools to build with where anything is installed by apt at all. */
  readonly apt: readonly string[];
  /** Those of the lowest image first. */
  readonly installs: readonly BaselineInstall[];
  /** The virtual environment that pip installs into; undefined for the interpreter's own folders. */
  readonly environment: string | undefined;
  /** The interpreter, as a program on PATH: `python3`. */
  readonly interpreter: string;
  /** The main context has the empty name. */
  readonly contexts: readonly { readonly name: string; readonly folder: string }[];
}

export interface BaselineInstall {
  /** As the Dockerfile names the file. */
  readonly written: string;
  /** Where it may lie in the tree, the most likely first. */
  readonly places: readonly TreePlace[];
  readonly choices: readonly string[];
}

/** What those began with who wrote no hierarchy: a compiler, since something might want one. */
const BUILD_TOOLS = "build-essential";

/**
 * Follows a service down to its root, and collects what every stage on the way installs, builder stages included. Undefined
 * where it stands on no root. What a RUN does besides apt and pip is left out: that makes the baseline smaller, never larger.
 */
export function baselineRecipe(graph: ImageGraph, node: ImageNode): BaselineRecipe | undefined {
  const { below, root } = baseChain(graph, { node, stage: node.dockerfile.target });
  if (root === undefined) return undefined;
  const chain = [...new Set([node, ...below.map((each) => each.node)])].reverse();
  const apt = new Set(chain.flatMap(aptOf));
  const installs = findInstalls(graph);
  const uses = chain.flatMap(({ name }) => installs.get(name)?.uses ?? []);
  const { declared } = node;
  return {
    root,
    apt: apt.size === 0 ? [] : [...apt.add(BUILD_TOOLS)].sort(),
    installs: onceEach(uses),
    environment: environmentOf(uses),
    interpreter: `python${uses.find(({ python }) => python !== undefined)?.python ?? "3"}`,
    contexts: [
      { name: "", folder: declared.context },
      ...Object.entries(declared.contexts).map(([name, folder]) => ({ name, folder })),
    ],
  };
}

function aptOf({ dockerfile }: ImageNode): readonly string[] {
  return dockerfile.stages.flatMap(({ instructions }) =>
    walkStage(instructions, { workdir: "/", copied: [] }).runs.flatMap(({ shell }) => readAptInstalls(shell)),
  );
}

/** A file that two calls install is installed once, as the first of them does. */
function onceEach(uses: readonly LockUse[]): readonly BaselineInstall[] {
  const found = new Map<string, BaselineInstall>();
  for (const { written, places, choices } of uses) {
    const key = JSON.stringify(places.length === 0 ? written : places);
    if (!found.has(key)) found.set(key, { written, places, choices });
  }
  return [...found.values()];
}

/** That of the last installation that stays: those below `/tmp` are tools. */
function environmentOf(uses: readonly LockUse[]): string | undefined {
  const kept = uses.filter(({ environment = "" }) => !environment.startsWith("/tmp/"));
  return kept.at(-1)?.environment;
}
