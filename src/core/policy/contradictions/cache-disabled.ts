import type { Instruction } from "../../dockerfile/dockerfile.ts";
import { flagValues } from "../../dockerfile/instruction-flags.ts";
import { commandText } from "../guide/shown-dockerfile.ts";
import { contradiction, type Place } from "./contradiction.ts";
import { allDockerfiles, type Rule } from "./facts.ts";

const OPTION = /--no-cache-dir\b|\bPIP_NO_CACHE_DIR=(?!0\b|false\b|off\b)\S+/i;

/** A cache mount for pip and the order not to use a cache: the mount then only costs time. */
export const cacheDisabled: Rule = (facts) =>
  allDockerfiles(facts).flatMap((shown) =>
    shown.dockerfile.stages.flatMap(({ instructions }) => {
      const variable = instructions.find(
        ({ name, pairs }) =>
          (name === "ENV" || name === "ARG") &&
          pairs.some(({ key, value }) => OPTION.test(`${key}=${value ?? ""}`)),
      );
      const pairs = instructions.flatMap((instruction): readonly (readonly [Instruction, Place])[] => {
        if (!hasPipCache(instruction)) return [];
        const [option] = OPTION.exec(commandText(instruction)) ?? [];
        if (option !== undefined)
          return [[instruction, { at: instruction.at, says: `the same RUN: ${option}` }]];
        return variable === undefined
          ? []
          : [[instruction, { at: variable.at, says: variable.text.slice(0, 100) }]];
      });
      return pairs.slice(0, 1).map(([{ at }, option]) =>
        contradiction({
          rule: "cache-disabled",
          subject: shown.name,
          message: `${shown.name} mounts a cache for pip and tells pip to use none`,
          places: [{ at, says: "RUN --mount=type=cache for pip" }, option],
          resolution: "keep the mount and take the option away: what is in a mount reaches no layer",
        }),
      );
    }),
  );

function hasPipCache(instruction: Instruction): boolean {
  const mounts = instruction.name === "RUN" ? flagValues(instruction, "mount") : [];
  return (
    mounts.some((mount) => /\btype=cache\b/.test(mount) && /\bpip\b/.test(mount)) &&
    /\bpip3?\b/.test(commandText(instruction))
  );
}
