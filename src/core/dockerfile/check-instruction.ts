import type { Instruction } from "./dockerfile.ts";
import { parseDuration, parseInteger } from "./go-value.ts";
import { tryHeredoc } from "./heredoc.ts";
import { ArgsError } from "./instruction-args.ts";
import { checkFlags, flagValue, flagValues } from "./instruction-flags.ts";
import { parseMount } from "./mount.ts";
import { trimSpace } from "./space.ts";

type Parts = Pick<Instruction, "name" | "flags" | "args" | "pairs" | "json" | "trigger">;

const CHECKS: Readonly<Record<string, (parts: Parts) => void>> = {
  ADD: checkCopy,
  ARG: checkPairs,
  COPY: checkCopy,
  ENV: checkPairs,
  EXPOSE: atLeastOne,
  FROM: checkFrom,
  HEALTHCHECK: checkHealthcheck,
  LABEL: checkPairs,
  MAINTAINER: exactlyOne,
  ONBUILD: checkOnbuild,
  RUN: checkRun,
  SHELL: checkShell,
  STOPSIGNAL: exactlyOne,
  USER: exactlyOne,
  VOLUME: checkVolume,
  WORKDIR: exactlyOne,
};

/** What BuildKit checks of one instruction before any stage is built. Throws ArgsError. */
export function checkInstruction(parts: Parts): void {
  // BuildKit never looks at the flags of these, so a wrong one passes.
  const careless = parts.name === "ARG" || parts.name === "STOPSIGNAL" || isHealthcheckNone(parts);
  if (!careless) checkFlags(parts.name, parts.flags);
  CHECKS[parts.name]?.(parts);
}

export function isStageName(name: string): boolean {
  return /^[a-z][a-z0-9\-_.]*$/.test(name);
}

function atLeastOne({ name, args }: Parts): void {
  if (args.length === 0) throw new ArgsError(`${name} needs at least one argument`);
}

function exactlyOne({ name, args }: Parts): void {
  if (args.length !== 1) throw new ArgsError(`${name} needs exactly one argument`);
}

function checkPairs({ name, pairs }: Parts): void {
  if (pairs.length === 0) throw new ArgsError(`${name} needs at least one argument`);
  if (pairs.some(({ key }) => key === "")) throw new ArgsError(`${name}: a name cannot be blank`);
}

function checkFrom({ args }: Parts): void {
  const [, as, name = ""] = args;
  if (args.length === 1) return;
  if (args.length !== 3 || as?.toLowerCase() !== "as") {
    throw new ArgsError("FROM takes an image, or an image, AS and a name");
  }
  if (!isStageName(name.toLowerCase())) {
    throw new ArgsError(`"${name}" is no stage name: a letter, then letters, digits, - _ .`);
  }
}

function checkCopy({ name, args }: Parts): void {
  if (args.length < 2) throw new ArgsError(`${name} needs a source and a destination`);
  if (tryHeredoc(args.at(-1) ?? "") !== undefined) throw new ArgsError(`${name} cannot write to a heredoc`);
}

function checkRun(parts: Parts): void {
  const network = flagValue(parts, "network");
  if (network !== undefined && !["default", "none", "host"].includes(network)) {
    throw new ArgsError(`--network is default, none or host, not "${network}"`);
  }
  for (const mount of flagValues(parts, "mount")) parseMount(mount);
}

function checkShell(parts: Parts): void {
  atLeastOne(parts);
  if (!parts.json) throw new ArgsError("SHELL takes the JSON form only");
}

function checkVolume(parts: Parts): void {
  atLeastOne(parts);
  if (parts.args.some((path) => trimSpace(path) === ""))
    throw new ArgsError("VOLUME: a path cannot be empty");
}

function checkOnbuild({ trigger = "" }: Parts): void {
  const name = /^[^\t\v\f\r ]*/.exec(trimSpace(trigger))?.[0].toUpperCase() ?? "";
  if (name === "") throw new ArgsError("ONBUILD needs an instruction");
  if (["ONBUILD", "FROM", "MAINTAINER"].includes(name))
    throw new ArgsError(`${name} is no trigger for ONBUILD`);
}

function isHealthcheckNone({ name, args }: Parts): boolean {
  return name === "HEALTHCHECK" && args[0]?.toUpperCase() === "NONE";
}

function checkHealthcheck(parts: Parts): void {
  atLeastOne(parts);
  const [type = "", ...command] = parts.args;
  if (isHealthcheckNone(parts)) {
    if (command.length > 0) throw new ArgsError("HEALTHCHECK NONE takes no arguments");
    return;
  }
  if (type.toUpperCase() !== "CMD") throw new ArgsError(`HEALTHCHECK takes CMD or NONE, not "${type}"`);
  if (command.length === 0) throw new ArgsError("HEALTHCHECK CMD needs a command");
  for (const flag of ["interval", "timeout", "start-period", "start-interval"]) {
    const value = flagValue(parts, flag) ?? "";
    const milliseconds = value === "" ? 0 : parseDuration(value);
    if (milliseconds === undefined || (milliseconds !== 0 && milliseconds < 1)) {
      throw new ArgsError(`--${flag}=${value} is no duration of a millisecond or more`);
    }
  }
  const retries = flagValue(parts, "retries") ?? "";
  const count = retries === "" ? 0 : parseInteger(retries);
  if (count === undefined || count < 0 || count > 2_147_483_647) {
    throw new ArgsError(`--retries=${retries} is no count`);
  }
}
