import type { Json } from "../base/json.ts";
import { isPort, isSignal } from "./config-value.ts";
import type { Instruction } from "./dockerfile.ts";
import { DockerfileError } from "./error.ts";
import type { Word } from "./expander.ts";
import { cleanPath } from "./go-path.ts";
import { resolveArg } from "./resolve-arg.ts";
import { resolveCopy } from "./resolve-copy.ts";
import { resolveRun } from "./resolve-run.ts";
import type { StageContext } from "./stage-context.ts";
import type { Command } from "./stage-states.ts";

/**
 * The canonical form of one instruction, variables expanded where BuildKit expands them (never in RUN, CMD, ENTRYPOINT,
 * HEALTHCHECK, SHELL, ONBUILD). Throws DockerfileError for what BuildKit refuses when it builds the stage.
 */
export function resolveInstruction(command: Command, context: StageContext): Json {
  const { instruction, sources } = command;
  const { name, args, json, flags } = instruction;
  switch (name) {
    case "ADD":
    case "COPY":
      return resolveCopy(instruction, sources[0], context);
    case "RUN":
      return resolveRun(command, context);
    case "ARG":
      return resolveArg(instruction, context);
    case "ENV":
    case "LABEL":
      return resolvePairs(instruction, context);
    case "EXPOSE":
      return resolveExpose(instruction, context);
    case "WORKDIR":
      return resolveWorkdir(instruction, context);
    case "USER":
    case "VOLUME":
    case "STOPSIGNAL":
      return resolveWords(instruction, context);
    case "ONBUILD":
      return { do: name, trigger: instruction.trigger };
    default:
      return {
        do: name,
        json,
        args,
        flags: flags.map(({ name: flag, value }): Json => [flag, value ?? null]),
      };
  }
}

function expand(text: string, { at }: Instruction, { expander, environment }: StageContext): Word {
  return expander.word(text, environment, at);
}

/** All of one line sees the variables from before it. */
function resolvePairs(instruction: Instruction, context: StageContext): Json {
  const pairs = instruction.pairs.map(({ key, value }) => ({
    key: expand(key, instruction, context),
    value: expand(value ?? "", instruction, context),
  }));
  if (instruction.name === "ENV") {
    for (const { key, value } of pairs)
      context.environment.set(key.text, value.known ? value.text : undefined);
  }
  return {
    do: instruction.name,
    pairs: pairs.map(({ key, value }): Json => [key.canonical, value.canonical]),
  };
}

function resolveWords(instruction: Instruction, context: StageContext): Json {
  const { name, args, at } = instruction;
  const words = args.map((arg) => expand(arg, instruction, context));
  const [first] = words;
  if (name === "STOPSIGNAL" && first?.known === true && !isSignal(first.text)) {
    throw new DockerfileError("DOCKERFILE_VALUE", `"${first.text}" is no signal`, { at });
  }
  if (name === "VOLUME" && words.some((word) => word.known && word.text === "")) {
    throw new DockerfileError("DOCKERFILE_VALUE", "VOLUME: a path cannot be empty", { at });
  }
  return { do: name, args: words.map(({ canonical }) => canonical) };
}

function resolveWorkdir(instruction: Instruction, context: StageContext): Json {
  const path = expand(instruction.args[0] ?? "", instruction, context);
  const { workdir } = context;
  if (!path.known) context.workdir = undefined;
  else if (path.text.startsWith("/")) context.workdir = cleanPath(path.text);
  else if (workdir !== undefined) context.workdir = cleanPath(`${workdir}/${path.text}`);
  return { do: "WORKDIR", path: path.canonical };
}

/** Ports are sorted before they are expanded, and cut into words after. */
function resolveExpose(instruction: Instruction, context: StageContext): Json {
  const { at, args } = instruction;
  const ports = [...args].sort().map((arg): Json => {
    const { words, unknown } = context.expander.lex(arg, context.environment, at, { cut: true });
    if (unknown.size > 0) return expand(arg, instruction, context).canonical;
    const wrong = words.find((word) => !isPort(word));
    if (wrong !== undefined)
      throw new DockerfileError("DOCKERFILE_VALUE", `EXPOSE: "${wrong}" is no port`, { at });
    return words;
  });
  return { do: "EXPOSE", ports };
}
