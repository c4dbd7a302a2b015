import type { Instruction } from "../../dockerfile/dockerfile.ts";
import { flagValue } from "../../dockerfile/instruction-flags.ts";
import { commandText, type ShownDockerfile } from "../guide/shown-dockerfile.ts";
import { type Contradiction, contradiction, type Place } from "./contradiction.ts";
import { firstDemands } from "./demand.ts";
import { allDockerfiles, type Rule } from "./facts.ts";

const LISTED =
  /\b(?:npm (?:ci|install)|yarn install|pnpm install|poetry install|bundle install|go mod download|cargo fetch)\b/;
const CODE = /\.(?:py|js|mjs|ts|go|rb|rs|java|sh)$/;
const FOLDERS: ReadonlySet<string> = new Set([".", "app", "src", "lib"]);
const ORDER = /\blayers?\b[^\n]{0,80}\b(?:deps|dependencies)\b[^\n]{0,40}\b(?:app|code)\b/i;

/** Application code that is copied before the dependencies are installed: each change of a line installs them anew. */
export const appBeforeDependencies: Rule = (facts) => {
  const [demand] = firstDemands(facts.guides, ORDER);
  const order = demand === undefined ? [] : [{ at: demand.at, says: `"${demand.words}"` }];
  return allDockerfiles(facts).flatMap((shown) => inFile(shown, order));
};

function inFile(shown: ShownDockerfile, order: readonly Place[]): readonly Contradiction[] {
  return shown.dockerfile.stages.flatMap(({ instructions }) => {
    const copy = instructions.findIndex(copiesCode);
    const install = instructions.findIndex(installsList);
    const [copied, installed] = [instructions[copy], instructions[install]];
    if (copied === undefined || installed === undefined || install < copy) return [];
    return [
      contradiction({
        rule: "app-before-dependencies",
        subject: shown.name,
        message: `${shown.name} copies the application before it installs the dependencies`,
        places: [
          { at: copied.at, says: short(copied) },
          { at: installed.at, says: short(installed) },
          ...order,
        ],
        resolution: "copy the list of dependencies and install it first, then copy the application",
      }),
    ];
  });
}

function copiesCode(instruction: Instruction): boolean {
  const { name, args } = instruction;
  if ((name !== "COPY" && name !== "ADD") || flagValue(instruction, "from") !== undefined) return false;
  return args.slice(0, -1).some((source) => {
    const path = source.replace(/^\.\//, "").replace(/\/+$/, "") || ".";
    return FOLDERS.has(path) || CODE.test(path);
  });
}

/** Installs what a list of dependencies names, so that only the list need be there. */
function installsList(instruction: Instruction): boolean {
  if (instruction.name !== "RUN") return false;
  return commandText(instruction)
    .split(/[&|;\n]/)
    .some((command) => LISTED.test(command) || (isPip(command) && /\s(?:-r|--requirements?)/.test(command)));
}

function isPip(command: string): boolean {
  return /\bpip3?\b/.test(command) && /\b(?:install|sync)\b/.test(command);
}

function short({ text }: Instruction): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
