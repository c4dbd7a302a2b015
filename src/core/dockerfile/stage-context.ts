import type { Json } from "../base/json.ts";
import type { Collector } from "./collector.ts";
import type { Environment } from "./environment.ts";
import type { Expander } from "./expander.ts";
import type { ArgInfo } from "./meta-args.ts";
import type { ResolveOptions } from "./resolved.ts";
import type { StageState } from "./stage-states.ts";

/** What one stage's instructions are expanded with, and what they change. */
export interface StageContext {
  readonly state: StageState;
  readonly options: ResolveOptions;
  readonly expander: Expander;
  readonly environment: Environment;
  readonly globals: Environment;
  readonly collector: Collector;
  /** Places of the reachable stages in the result; a stage that is not yet in it comes later in the file. */
  readonly ordinals: ReadonlyMap<StageState, number>;
  /** ARGs that the stage declares, for the outline. */
  readonly args: Map<string, ArgInfo>;
  readonly usedArgs: Set<string>;
  /** Absolute; undefined where only the base image could tell. */
  workdir: string | undefined;
}

/** How a stage or an image reads in the canonical form: not by name, since names of stages decide nothing. */
export function canonicalSource(source: StageState, ordinals: ReadonlyMap<StageState, number>): Json {
  const ordinal = ordinals.get(source);
  if (ordinal !== undefined) return { stage: ordinal };
  return source.baseName === "scratch" ? "scratch" : { image: source.baseName };
}

/** The named context that a COPY or a mount reads from when it names `source`; undefined for a stage that is built. */
export function contextNameOf(source: StageState): string | undefined {
  if (source.replaced) return source.stage?.name;
  return source.stage === undefined && source.named ? source.baseName : undefined;
}
