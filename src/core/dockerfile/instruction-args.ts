import type { Instruction, KeyValue } from "./dockerfile.ts";
import { cut, cutWhitespace, isSpace, splitWhitespace } from "./space.ts";
import { parseJsonForm, parseWords } from "./words.ts";

export type InstructionArgs = Pick<Instruction, "args" | "pairs" | "json">;

/** What is wrong with the text after an instruction's name; the caller adds the position. */
export class ArgsError extends Error {}

const NOTHING: InstructionArgs = { args: [], pairs: [], json: false };

type ArgsParser = (
  rest: string,
  context: { readonly name: string; readonly escape: string },
) => InstructionArgs;

// BuildKit's dispatch table (parser.go): how the rest of the line is read depends on the instruction alone.
const PARSERS: Readonly<Record<string, ArgsParser>> = {
  ADD: jsonOrWords,
  ARG: (rest, { escape }) => ({ ...NOTHING, pairs: parseWords(rest, escape).map(optionalPair) }),
  CMD: jsonOrText,
  COPY: jsonOrWords,
  ENTRYPOINT: jsonOrText,
  ENV: keyValues,
  EXPOSE: words,
  FROM: words,
  HEALTHCHECK: healthcheck,
  LABEL: keyValues,
  MAINTAINER: text,
  ONBUILD: () => NOTHING,
  RUN: jsonOrText,
  SHELL: jsonOrText,
  STOPSIGNAL: text,
  USER: text,
  VOLUME: jsonOrWords,
  WORKDIR: text,
};

export const INSTRUCTION_NAMES: readonly string[] = Object.keys(PARSERS);

/** Reads what follows the name and the flags of a known instruction. Throws ArgsError. */
export function parseInstructionArgs(name: string, rest: string, escape: string): InstructionArgs {
  return PARSERS[name]?.(rest, { name, escape }) ?? NOTHING;
}

function text(rest: string): InstructionArgs {
  return { ...NOTHING, args: rest === "" ? [] : [rest] };
}

function words(rest: string): InstructionArgs {
  return { ...NOTHING, args: splitWhitespace(rest) };
}

function jsonOrWords(rest: string): InstructionArgs {
  return jsonForm(rest) ?? words(rest);
}

function jsonOrText(rest: string): InstructionArgs {
  return jsonForm(rest) ?? text(rest);
}

function jsonForm(rest: string): InstructionArgs | undefined {
  const strings = parseJsonForm(rest);
  if (strings === "mixed") throw new ArgsError("an array in JSON form must hold strings only");
  return strings === "shell" ? undefined : { ...NOTHING, args: strings, json: true };
}

/** `NONE`, or `CMD` and a command. */
function healthcheck(rest: string): InstructionArgs {
  let end = 0;
  while (end < rest.length && !isSpace(rest.charAt(end))) end++;
  if (end === 0) return NOTHING;
  let next = end;
  while (next < rest.length && isSpace(rest.charAt(next))) next++;
  const command = jsonOrText(rest.slice(next));
  return { ...command, args: [rest.slice(0, end), ...command.args] };
}

/** `key=value …`, or the old `key the rest of the line`. */
function keyValues(rest: string, { name, escape }: { name: string; escape: string }): InstructionArgs {
  const found = parseWords(rest, escape);
  const [first] = found;
  if (first === undefined) return NOTHING;
  if (!first.includes("=")) {
    const [key, value] = cutWhitespace(rest);
    if (value === undefined) throw new ArgsError(`${name} must have two arguments`);
    return { ...NOTHING, pairs: [{ key, value }] };
  }
  return {
    ...NOTHING,
    pairs: found.map((word) => {
      const pair = optionalPair(word);
      if (pair.value === undefined) throw new ArgsError(`no = in "${word}": it must be name=value`);
      return pair;
    }),
  };
}

function optionalPair(word: string): KeyValue {
  const [key, value] = cut(word, "=");
  return { key, value };
}
