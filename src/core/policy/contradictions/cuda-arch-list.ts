import type { SourcePosition } from "../../base/error.ts";
import { positionOf } from "../../blueprint/positions.ts";
import { commandText, fill } from "../guide/shown-dockerfile.ts";
import { contradiction, groupBy, type Place } from "./contradiction.ts";
import { allCommands, allDockerfiles, type PlanFacts, type Rule } from "./facts.ts";

const NAME = "TORCH_CUDA_ARCH_LIST";

// torch/utils/cpp_extension.py, _get_cuda_arch_flags: names of generations, or MAJOR.MINOR, each with or without +PTX.
const NAMES: ReadonlySet<string> = new Set(
  "Kepler+Tesla Kepler Maxwell+Tegra Maxwell Pascal Volta Turing Ampere Ada Hopper Blackwell".split(" "),
);

/** A list of CUDA architectures that PyTorch's extension builder refuses ("Unknown CUDA arch ... or GPU not supported"). */
export const cudaArchList: Rule = (facts) => {
  const lists = listsOf(facts);
  const wrong = lists.filter(({ value }) => wordsOf(value).some((word) => !isArch(word)));
  return [...groupBy(wrong, ({ value }) => wordsOf(value).join(";"))].map(([value, [first, ...others]]) => {
    const right = wordsOf(value).map(dotted).join(";");
    return contradiction({
      rule: "cuda-arch-list",
      subject: value,
      message: `${NAME} is "${value}", which PyTorch refuses: it takes dotted architectures only`,
      places: [first, counterpart(facts, lists), ...others],
      resolution: `write ${NAME}="${right}"`,
    });
  });
};

interface ArchList extends Place {
  readonly value: string;
  readonly at: SourcePosition;
}

function listsOf(facts: PlanFacts): readonly ArchList[] {
  const found = (value: string, at: SourcePosition): ArchList => ({ value, at, says: `${NAME}="${value}"` });
  return [
    ...allDockerfiles(facts).flatMap(({ dockerfile }) =>
      [...dockerfile.metaArgs, ...dockerfile.stages.flatMap(({ instructions }) => instructions)].flatMap(
        (instruction) => {
          const inRun = instruction.name === "RUN" ? valuesIn(commandText(instruction)) : [];
          const set = instruction.pairs.flatMap(({ key, value }) => (key === NAME ? [value ?? ""] : []));
          return [...set, ...inRun].map((value) => found(fill(value, new Map()), instruction.at));
        },
      ),
    ),
    ...facts.guides.flatMap(({ assignments }) =>
      assignments.filter(({ name }) => name === NAME).map(({ value }) => found(value.text, value.at)),
    ),
    ...allCommands(facts).flatMap(({ args }) =>
      args.flatMap(({ name, value, at }) =>
        name === NAME && value !== undefined ? [found(value.text, at)] : [],
      ),
    ),
    ...facts.blueprint.machines.flatMap(({ name, profile }) => {
      const value = profile[NAME];
      return value === undefined
        ? []
        : [found(String(value), positionOf(facts.blueprint, ["machines", name, "profile", NAME]))];
    }),
  ].filter(({ value }) => !value.includes("$"));
}

function valuesIn(command: string): readonly string[] {
  return [...command.matchAll(/\bTORCH_CUDA_ARCH_LIST=("[^"]*"|'[^']*'|[^\s;&|]*)/g)].map(
    ([, value]) => value ?? "",
  );
}

/** Blanks and semicolons both divide (as there: " " becomes ";"). */
function wordsOf(value: string): readonly string[] {
  return value.split(/[;\s]+/).filter((word) => word !== "");
}

function isArch(word: string): boolean {
  return NAMES.has(word) || /^\d{1,2}\.\d[af]?(?:\+PTX)?$/.test(word);
}

function dotted(word: string): string {
  const [, major, minor] = /^(?:sm_|compute_)?(\d{1,2})(\d)$/.exec(word) ?? [];
  return major === undefined ? word : `${major}.${minor}`;
}

/** The best proof of the right form: another list that has it, else a machine, else PyTorch itself. */
function counterpart({ blueprint }: PlanFacts, lists: readonly ArchList[]): Place {
  const right = lists.find(({ value }) => wordsOf(value).length > 0 && wordsOf(value).every(isArch));
  if (right !== undefined) return right;
  const machine = blueprint.machines.find(({ sm }) => sm !== undefined);
  if (machine !== undefined) {
    const at = positionOf(blueprint, ["machines", machine.name, "sm"]);
    return { at, says: `the GPU of ${machine.name} is "${machine.sm}"` };
  }
  return { at: undefined, says: "torch/utils/cpp_extension.py: MAJOR.MINOR, with or without +PTX" };
}
