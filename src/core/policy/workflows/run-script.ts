import type { SourcePosition } from "../../base/error.ts";
import { Places } from "../../blueprint/places.ts";
import { newShell, readShell, type ShellCommand } from "../guide/shell-words.ts";
import type { Workflow, WorkflowStep } from "./workflow.ts";

/** A variable that no script sets: what an expression becomes is not known. */
const EXPRESSION = "$__expression";

/** Several rules look at the same script. */
const read = new WeakMap<WorkflowStep, readonly ShellCommand[]>();

/** The commands of a step's script, with their places in the file; none where it has no script. */
export function commandsOf(workflow: Workflow, step: WorkflowStep): readonly ShellCommand[] {
  const known = read.get(step);
  if (known !== undefined) return known;
  const commands = readCommands(workflow, step);
  read.set(step, commands);
  return commands;
}

function readCommands(workflow: Workflow, step: WorkflowStep): readonly ShellCommand[] {
  if (step.run === undefined) return [];
  const text = step.run.replaceAll(/\$\{\{[^}]{0,300}\}\}/g, EXPRESSION);
  const { place, indent } = scriptStart(workflow, step);
  const inFile = (at: SourcePosition): SourcePosition => ({ ...at, column: at.column + indent });
  return readShell(text, place, newShell()).map(({ words, assignments }) => ({
    words: words.map((word) => ({ ...word, at: inFile(word.at) })),
    assignments,
  }));
}

interface ScriptStart {
  readonly place: SourcePosition;
  /** Columns that YAML takes off each line of a block. */
  readonly indent: number;
}

/** Where the first line of a script stands: below its `|`, or where it begins. */
function scriptStart({ lines, at }: Workflow, { path }: WorkflowStep): ScriptStart {
  const place = at([...path, "run"]);
  const line = lines[place.line - 1] ?? "";
  const isBlock = /^[|>][-+0-9]*\s*(?:#.*)?\r?$/.test(line.slice(place.column - 1));
  if (!isBlock) return { place, indent: 0 };
  const indent = /^ */.exec(lines[place.line] ?? "")?.[0].length ?? 0;
  return { place: { ...place, line: place.line + 1, column: 1 }, indent };
}

/** The words of a command, without what only starts it. */
export function wordsOf({ words }: ShellCommand): readonly string[] {
  const texts = words.map(({ text }) => text);
  const start = texts.findIndex((text) => !/^(?:sudo|time|exec|command|env|nice|\w+=\S*)$/.test(text));
  return start < 0 ? [] : texts.slice(start);
}

export function placeOf({ words }: ShellCommand, fallback: SourcePosition): SourcePosition {
  return words[0]?.at ?? fallback;
}

/** Places within a script as those of the file that it stands in. */
export function placesOf(
  workflow: Workflow,
  step: WorkflowStep,
  script: string,
): (index: number) => SourcePosition {
  const { place, indent } = scriptStart(workflow, step);
  const places = new Places(script, place.file);
  return (index) => {
    const [line, column] = places.pair(index);
    const first = line === 1 ? place.column - 1 : 0;
    return { file: place.file, line: place.line + line - 1, column: first + column + indent };
  };
}
