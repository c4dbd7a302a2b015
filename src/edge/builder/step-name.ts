import type { BuildStepKind } from "../../core/base/build-event.ts";

/** What a vertex is, read off its name: BuildKit gives it in no other field. */
export interface StepName {
  readonly kind: BuildStepKind;
  /** `RUN`, `COPY`, …: an instruction of the Dockerfile that runs (FROM is a load). */
  readonly instruction?: string;
  /** It resolves or fetches an image: a base, a named context, a frontend. */
  readonly source?: true;
  /** It reads the Dockerfile. */
  readonly definition?: true;
}

// `[2/4] RUN …`, `[stage 2/4] COPY …`, `[linux/arm64 stage 2/4] ADD …`
const INSTRUCTION = /^\[(?:.* )?\d+\/\d+\] ([A-Z]+)/;
const SOURCE = /^\[(?:internal|context [^\]]+)\] load metadata for |^resolve image config for /;
const CONTEXT = /^\[context [^\]]+\] (?!load )/;

export function parseStepName(name: string): StepName {
  const instruction = INSTRUCTION.exec(name)?.[1];
  if (instruction === "FROM") return { kind: "load", source: true };
  if (instruction !== undefined) return { kind: "run", instruction };
  if (name.startsWith("exporting cache") || name.startsWith("importing cache")) return { kind: "cache" };
  if (name.startsWith("exporting ")) return { kind: "export" };
  if (SOURCE.test(name) || CONTEXT.test(name)) return { kind: "load", source: true };
  if (name.startsWith("[internal] load build definition")) return { kind: "load", definition: true };
  return { kind: "load" };
}
