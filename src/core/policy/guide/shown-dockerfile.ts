import type { SourcePosition } from "../../base/error.ts";
import type { Dockerfile, Instruction, Stage } from "../../dockerfile/dockerfile.ts";
import { LexError, lexWord } from "../../dockerfile/shell-lex.ts";
import type { Budget } from "../../dockerfile/shell-pattern.ts";

/** A Dockerfile as some place shows it: a file of the fleet, or an example in a document. */
export interface ShownDockerfile {
  readonly origin: "fleet" | "guide";
  /** Its path, as the fleet or the document has it; an example without one is named by its document and number. */
  readonly name: string;
  readonly dockerfile: Dockerfile;
  /** What a build passes to it. */
  readonly args: Readonly<Record<string, string>>;
}

/** The stage that is built: the last. */
export function lastStage({ dockerfile }: ShownDockerfile): Stage {
  const stage = dockerfile.stages.at(-1);
  if (stage === undefined) throw new TypeError("a Dockerfile without a stage was let through");
  return stage;
}

export interface StageBase {
  readonly ref: string;
  /** Of the FROM that names it. */
  readonly at: SourcePosition;
}

/** A stage and those that it builds on in the same file, the lowest first. */
export function stageChain(shown: ShownDockerfile, stage: Stage): readonly [Stage, ...Stage[]] {
  let chain: [Stage, ...Stage[]] = [stage];
  // A stage builds on an earlier one only, so this ends.
  for (;;) {
    const [{ index, base }] = chain;
    const name = fill(base, argumentsOf(shown)).toLowerCase();
    const below = shown.dockerfile.stages.findLast((other) => other.index < index && other.name === name);
    if (below === undefined) return chain;
    chain = [below, ...chain];
  }
}

/** The image under a stage, variables filled in as far as they are known. */
export function baseOf(shown: ShownDockerfile, stage: Stage): StageBase {
  const [bottom] = stageChain(shown, stage);
  return { ref: fill(bottom.base, argumentsOf(shown)), at: bottom.at };
}

/** What FROM may use: the ARGs before the first, and what a build passes for them. */
function argumentsOf({ dockerfile, args }: ShownDockerfile): ReadonlyMap<string, string> {
  return new Map(
    dockerfile.metaArgs.flatMap(({ pairs }) =>
      pairs.flatMap(({ key, value }) => {
        const given = args[key] ?? value;
        return given === undefined ? [] : [[key, given] as const];
      }),
    ),
  );
}

/** The environment that a stage's instructions set (ENV, and ARG defaults), as far as it is written. */
export function environmentOf(stages: readonly Stage[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const budget = smallBudget();
  for (const { name, pairs } of stages.flatMap(({ instructions }) => instructions)) {
    if (name !== "ENV" && name !== "ARG") continue;
    for (const { key, value } of pairs) if (value !== undefined) values.set(key, fill(value, values, budget));
  }
  return values;
}

/** Fills variables and takes quotes away; what is not known stays as it is written. */
export function fill(text: string, values: ReadonlyMap<string, string>, budget = smallBudget()): string {
  try {
    return lexWord(text, {
      escape: "\\",
      budget,
      keepUnset: true,
      lookup: (name) => {
        const value = values.get(name);
        return value === undefined ? { kind: "unset" } : { kind: "set", value };
      },
    }).text;
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    return text;
  }
}

/** A document may hold hundreds of examples: each is worth less than a file that is built. */
function smallBudget(): Budget {
  let left = 1_000_000;
  return {
    spend: (steps) => {
      left -= steps;
      if (left < 0) throw new LexError("the variables of this example expand to more than 1 MB");
    },
  };
}

/** The command of an instruction as one text, heredocs included. */
export function commandText({ args, heredocs }: Instruction): string {
  return [...args, ...heredocs.map(({ content }) => content)].join(" ");
}
