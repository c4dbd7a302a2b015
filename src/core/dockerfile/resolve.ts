import { suggest } from "../base/suggest.ts";
import { Collector } from "./collector.ts";
import type { Dockerfile } from "./dockerfile.ts";
import { Environment, newBudget } from "./environment.ts";
import { DockerfileError } from "./error.ts";
import { Expander } from "./expander.ts";
import { dockerfileFindings } from "./findings.ts";
import { type ArgInfo, readMetaArgs } from "./meta-args.ts";
import { usedArgsOf } from "./outline.ts";
import { globalEnvironment, isPredefined } from "./predefined-args.ts";
import { reachableStates } from "./reach.ts";
import { resolveStage } from "./resolve-stage.ts";
import type { ResolvedDockerfile, ResolvedStage, ResolveOptions } from "./resolved.ts";
import type { StageContext } from "./stage-context.ts";
import { type StageState, StageStates } from "./stage-states.ts";

/**
 * Expands a Dockerfile for one set of arguments, keeping what the target reaches: the same decisions as BuildKit's
 * dockerfile2llb, without a builder. Bounded: variables that grow beyond 64 MB are refused. Throws DockerfileError.
 */
export function resolveDockerfile(dockerfile: Dockerfile, options: ResolveOptions): ResolvedDockerfile {
  const expander = new Expander(dockerfile.escape, newBudget());
  const targetName = options.target ?? dockerfile.stages.at(-1)?.name ?? "";
  const globals = globalEnvironment(options, targetName);
  const { infos, declared } = readMetaArgs(dockerfile, { options, expander, globals });
  const states = new StageStates({ dockerfile, globals, expander, contexts: options.contexts });
  const target = findTarget(states, options.target);
  const reached = reachableStates(states, target);
  const collector = new Collector();
  collector.declaredArgs.push(...declared);
  const { stages, contexts } = resolveStages({ states, reached, options, expander, globals, collector });
  const usedArgs = usedArgsOf(target, contexts, infos);
  return {
    stages,
    target: target.stage?.index ?? 0,
    externals: collector.externals,
    sources: collector.sources,
    remotes: collector.remotes,
    declaredArgs: collector.declaredArgs,
    usedArgs,
    unusedArgs: unusedArgs(options, collector),
    secrets: [...collector.secrets.values()],
    ssh: [...collector.ssh.values()],
    usesApt: collector.usesApt,
    needsFrontend: dockerfile.syntax,
    findings: [...dockerfileFindings(dockerfile), ...collector.findings],
  };
}

function findTarget(states: StageStates, name: string | undefined): StageState {
  const state = name === undefined ? states.list.at(-1) : states.byName(name);
  if (state !== undefined) return state;
  const names = states.list.flatMap(({ stage }) => stage?.name ?? []);
  const near = suggest(name ?? "", names);
  throw new DockerfileError("DOCKERFILE_STAGE", `there is no stage "${name}"`, {
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    details: { stages: names },
  });
}

interface StagesInput extends Pick<StageContext, "options" | "expander" | "globals" | "collector"> {
  readonly states: StageStates;
  readonly reached: ReadonlySet<StageState>;
}

function resolveStages(input: StagesInput): {
  readonly stages: readonly ResolvedStage[];
  readonly contexts: ReadonlyMap<StageState, StageContext>;
} {
  const { states, reached, options, expander, globals, collector } = input;
  const ordinals = new Map<StageState, number>();
  const contexts = new Map<StageState, StageContext>();
  const stages = states.list.flatMap((state) => {
    if (!reached.has(state) || state.stage === undefined) return [];
    const base = state.base === undefined ? undefined : contexts.get(state.base);
    const context: StageContext = {
      state,
      options,
      expander,
      environment: base?.environment.fork(expander.budget) ?? baseEnvironment(state, options),
      globals,
      collector,
      ordinals,
      args: new Map<string, ArgInfo>(),
      usedArgs: new Set<string>(),
      workdir: base === undefined ? (state.baseName === "scratch" ? "/" : undefined) : base.workdir,
    };
    const resolved = resolveStage(state.stage, context);
    contexts.set(state, context);
    ordinals.set(state, ordinals.size);
    return [resolved];
  });
  return { stages, contexts };
}

function baseEnvironment(
  { baseName, replaced, stage }: StageState,
  { baseEnv = {} }: ResolveOptions,
): Environment {
  if (baseName === "scratch" && !replaced) return Environment.ofScratch();
  const ref = replaced ? (stage?.name ?? baseName) : baseName;
  return Environment.ofImage(Object.hasOwn(baseEnv, ref) ? baseEnv[ref] : undefined);
}

function unusedArgs({ args }: ResolveOptions, { declaredArgs }: Collector): readonly string[] {
  const declared = new Set(declaredArgs.map(({ name }) => name));
  return Object.keys(args)
    .filter((name) => !declared.has(name) && !isPredefined(name))
    .sort();
}
