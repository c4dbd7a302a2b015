import type { Instruction, Stage } from "../../dockerfile/dockerfile.ts";
import { flagValue } from "../../dockerfile/instruction-flags.ts";
import { baseOf, lastStage, type ShownDockerfile, stageChain } from "../guide/shown-dockerfile.ts";
import { contradiction } from "./contradiction.ts";
import { allDockerfiles, type Rule } from "./facts.ts";

/**
 * A builder on the same image as what is built, of which the whole folder of packages is copied: what the image below
 * has already is then stored a second time (several gigabytes, where that is torch).
 */
export const sharedBuilder: Rule = (facts) =>
  allDockerfiles(facts).flatMap((shown) => {
    const last = lastStage(shown);
    const base = baseOf(shown, last);
    return stageChain(shown, last)
      .flatMap(({ instructions }) => instructions)
      .flatMap((copy) => {
        const builder = builderOf(shown, copy);
        if (builder === undefined || !copiesPackages(copy)) return [];
        const under = baseOf(shown, builder);
        if (under.ref !== base.ref || stageChain(shown, last).includes(builder)) return [];
        return [
          contradiction({
            rule: "shared-builder",
            subject: shown.name,
            message: `${shown.name} copies all packages of a builder that stands on the same image: they are stored twice`,
            places: [
              { at: copy.at, says: copy.text.slice(0, 100) },
              { at: builder.at, says: `the builder stands on ${under.ref}, as does the image` },
            ],
            resolution:
              "build wheels on an image without those packages and install only what is new, or install in place",
          }),
        ];
      })
      .slice(0, 1);
  });

function builderOf({ dockerfile }: ShownDockerfile, instruction: Instruction): Stage | undefined {
  if (instruction.name !== "COPY") return undefined;
  const from = flagValue(instruction, "from")?.toLowerCase();
  if (from === undefined) return undefined;
  return dockerfile.stages.find(({ name, index }) => name === from || String(index) === from);
}

function copiesPackages({ args }: Instruction): boolean {
  return args.slice(0, -1).some((source) => /\/(?:site|dist)-packages\/?\.?$/.test(source));
}
