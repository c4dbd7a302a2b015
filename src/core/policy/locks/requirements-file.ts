import type { SourcePosition } from "../../base/error.ts";
import { type Comment, type LogicalLine, readLogicalLines } from "./logical-lines.ts";
import { type LockedHash, parseRequirement, type Requirement } from "./requirement.ts";

/** A line that is an option: `-r other.txt`, `--only-binary :all:`. */
export interface FileOption {
  /** With its dashes; the long name where pip knows one. */
  readonly name: string;
  readonly value: string | undefined;
  readonly at: SourcePosition;
}

/** A line that no reader of requirements understands, and why. */
export interface LineProblem {
  readonly message: string;
  readonly at: SourcePosition;
}

/** A requirements file or lock (pip's format), every part with its place. */
export interface RequirementsFile {
  readonly file: string;
  readonly head: readonly Comment[];
  readonly requirements: readonly Requirement[];
  readonly options: readonly FileOption[];
  readonly problems: readonly LineProblem[];
}

const LONG: Readonly<Record<string, string>> = {
  "-r": "--requirement",
  "-c": "--constraint",
  "-e": "--editable",
  "-i": "--index-url",
  "-f": "--find-links",
};

/** Reads pip's format: never throws; what it does not understand is a problem with its place. */
export function parseRequirementsFile(source: string, file: string): RequirementsFile {
  const { head, lines } = readLogicalLines(source, file);
  const requirements: Requirement[] = [];
  const options: FileOption[] = [];
  const problems: LineProblem[] = [];
  for (const line of lines) {
    const start = line.text.search(/\S/);
    const at = line.at(Math.max(0, start));
    if (line.text.charAt(start) === "-") options.push(readOption(line.text.trim(), at));
    else {
      const read = readRequirement(line, at);
      if ("message" in read) problems.push(read);
      else requirements.push(read);
    }
  }
  return { file, head, requirements, options, problems };
}

/** Values of an option: every `-r` of the file. */
export function optionValues(
  { options }: RequirementsFile,
  name: string,
): readonly (FileOption & { value: string })[] {
  return options.flatMap((option) =>
    option.name === name && option.value !== undefined ? [{ ...option, value: option.value }] : [],
  );
}

function readOption(text: string, at: SourcePosition): FileOption {
  const found = /^(-[A-Za-z](?=[^-])|--?[A-Za-z][A-Za-z0-9-]*)(?:\s*=\s*|\s+|(?=[^=\s]))?(.*)$/.exec(text);
  const name = found?.[1] ?? text;
  const value = (found?.[2] ?? "").trim();
  return {
    name: Object.hasOwn(LONG, name) ? (LONG[name] ?? name) : name,
    value: value === "" ? undefined : value,
    at,
  };
}

/** pip cuts at the first word that begins with a dash: what stands before is the requirement, the rest are options. */
function readRequirement(line: LogicalLine, at: SourcePosition): Requirement | LineProblem {
  const { text, comments } = line;
  const words = [...text.matchAll(/\S+/g)];
  const firstOption = words.find(({ 0: word }) => word.startsWith("-"));
  const end = firstOption?.index ?? text.length;
  const named = parseRequirement(text.slice(0, end));
  const hashes: LockedHash[] = [];
  const options = words.filter(({ index }) => index >= end);
  for (const [index, { 0: word, index: offset }] of options.entries()) {
    const value =
      /^--hash=(.*)$/.exec(word)?.[1] ?? (word === "--hash" ? options[index + 1]?.[0] : undefined);
    if (value === undefined) continue;
    const colon = value.indexOf(":");
    hashes.push({
      algorithm: colon < 0 ? "" : value.slice(0, colon),
      hex: value.slice(colon + 1),
      at: line.at(offset),
    });
  }
  if (named !== undefined) return { ...named, hashes, comments, at };
  const shown = text.slice(0, end).trim().slice(0, 80);
  return { message: `"${shown}" is neither NAME with versions nor NAME @ URL`, at };
}
