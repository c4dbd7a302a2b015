import type { Json } from "../base/json.ts";
import type { Stage } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import { resolveInstruction } from "./resolve-instruction.ts";
import type { ResolvedBase, ResolvedInstruction, ResolvedStage } from "./resolved.ts";
import type { StageContext } from "./stage-context.ts";
import type { Command, StageState } from "./stage-states.ts";

/** One reachable stage; stages that it reads from must have been resolved before, as BuildKit demands too. */
export function resolveStage(stage: Stage, context: StageContext): ResolvedStage {
  const { state, collector } = context;
  const { at, from } = stage;
  const base = resolvedBase(state);
  if (base.kind === "image") {
    collector.externals.push({ ref: base.ref, via: "FROM", named: state.named, at });
    if (state.named) {
      // Where the context is a folder, the whole of it is the base.
      collector.sources.push({
        kind: "copy",
        patterns: ["."],
        exclude: [],
        parents: false,
        from: base.ref,
        at,
      });
    }
  }
  const head: ResolvedInstruction = {
    name: "FROM",
    canonical: canonicalFrom(context),
    at,
    endLine: from.endLine,
    onbuild: false,
  };
  const rest = state.replaced ? [] : state.commands.map((command) => resolveCommand(command, context));
  return {
    index: stage.index,
    name: stage.name,
    base,
    replaced: state.replaced,
    platform: state.platform,
    instructions: [head, ...rest],
    at,
  };
}

function resolvedBase({ replaced, stage, base, baseName, at }: StageState): ResolvedBase {
  if (replaced) return { kind: "image", ref: stage?.name ?? baseName, at };
  if (base?.stage !== undefined) return { kind: "stage", index: base.stage.index };
  return baseName === "scratch" ? { kind: "scratch" } : { kind: "image", ref: baseName, at };
}

function canonicalFrom({ state, ordinals }: StageContext): Json {
  const { base, baseName, replaced, stage, platform } = state;
  const ordinal = base === undefined ? undefined : ordinals.get(base);
  const source: Json =
    ordinal === undefined ? (replaced ? (stage?.name ?? baseName) : baseName) : { stage: ordinal };
  return { do: "FROM", base: source, platform: platform ?? null };
}

function resolveCommand(command: Command, context: StageContext): ResolvedInstruction {
  const { instruction, sources, onbuild } = command;
  const { name, at, endLine } = instruction;
  for (const source of sources) if (source !== undefined) checkSource(source, command, context);
  return { name, canonical: resolveInstruction(command, context), at, endLine, onbuild };
}

function checkSource(
  source: StageState,
  { instruction }: Command,
  { ordinals, collector }: StageContext,
): void {
  const { at } = instruction;
  if (source.stage === undefined) {
    if (source.baseName === "scratch") return;
    collector.externals.push({ ref: source.baseName, via: source.via, named: source.named, at });
  } else if (!ordinals.has(source)) {
    const name = source.stage.name ?? `stage ${source.stage.index}`;
    throw new DockerfileError("DOCKERFILE_STAGE", `"${name}" is read before it is defined`, { at });
  }
}
