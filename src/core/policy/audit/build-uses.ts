import { findProgram } from "../../audit/image/find-program.ts";
import { commandTargets } from "../../audit/python/command-targets.ts";
import type { ModuleFinder } from "../../audit/reach/module-finder.ts";
import { reachModules } from "../../audit/reach/reach-modules.ts";
import { formatPosition } from "../../base/error.ts";
import { type ImageGraph, withDependents } from "../../graph/image-graph.ts";
import { walkStage } from "../locks/stage-files.ts";
import type { AuditFacts } from "./audit-facts.ts";
import type { Want } from "./image-use.ts";
import { finderOf } from "./python-use.ts";
import { fileOf } from "./reached-files.ts";
import type { Reason } from "./reason.ts";

/** A RUN of an image that is built on another one. */
export interface BuildStep {
  readonly image: string;
  /** Where it stands: `docker/family/Dockerfile:12:1`. */
  readonly at: string;
  readonly shell: string;
}

/** What the Dockerfiles of all images that stand on this one run while they are built. */
export function buildSteps(graph: ImageGraph, parent: string): readonly BuildStep[] {
  const below = withDependents(graph, [parent]).filter((name) => name !== parent);
  return below.flatMap((name): BuildStep[] => {
    const node = graph.nodes.get(name);
    if (node === undefined) return [];
    const stages = node.dockerfile.stages.map((stage) =>
      walkStage(stage.instructions, { workdir: "/", copied: [] }),
    );
    return stages.flatMap(({ runs }) =>
      runs.map(({ shell, at }) => ({ image: name, at: formatPosition(at), shell })),
    );
  });
}

/** Files of an image that building others on it uses: programs, and modules that its interpreters run by name. */
export function buildWants(facts: AuditFacts, steps: readonly BuildStep[]): ReadonlyMap<string, Want> {
  const wants = new Map<string, Want>();
  const add = (path: string, reason: Reason): void => {
    if (!wants.has(path)) wants.set(path, { use: "tool", level: "required", reason });
  };
  const finders = facts.environments.map((environment) => finderOf(facts, environment));
  for (const { image, at, shell } of steps) {
    const { programs, modules } = commandTargets(["/bin/sh", "-c", shell]);
    const build: Reason = { what: "build", name: image, at };
    for (const word of new Set(programs)) {
      const found = word.includes("$")
        ? undefined
        : findProgram(facts.tree, word, { config: facts.config, who: undefined });
      if (found?.ok === true) add(found.path, { what: "starts", name: word, because: build });
    }
    const names = new Set(modules.map(({ module }) => module));
    // venv starts it to put pip into what it makes.
    if (names.has("venv") && !shell.includes("--without-pip")) names.add("ensurepip");
    for (const module of names) addModule(facts, module, { finders, because: build, add });
  }
  return wants;
}

interface ModuleWant {
  readonly finders: readonly ModuleFinder[];
  readonly because: Reason;
  readonly add: (path: string, reason: Reason) => void;
}

function addModule(facts: AuditFacts, module: string, { finders, because, add }: ModuleWant): void {
  for (const finder of finders) {
    const reach = reachModules([{ module, level: "required" }], finder, facts.sourceAt);
    for (const { found } of reach.modules.values()) {
      const path = fileOf(found);
      if (path !== undefined) add(path, { what: "import", name: module, because });
    }
  }
}
