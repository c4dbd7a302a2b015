import type { SourcePosition } from "../../base/error.ts";
import { Places } from "../../blueprint/places.ts";
import { newShell, readShell, type ShellCommand } from "../guide/shell-words.ts";
import type { Workflow, WorkflowStep } from "./workflow.ts";

/** A variable that no script sets: what an expression becomes is not known. */
const EXPRESSION = "$__expression";

/** The commands of a step's script, with their places in the file; none where it has no script. */
export function commandsOf(workflow: Workflow, step: WorkflowStep): readonly ShellCommand[] {
  if (step.run === undefined) return [];
  const text = step.run.replaceAll(/\$\{\{[^}]{0,300}\}\}/g, EXPRESSION);
  return readShell(text, scriptStart(workflow, step), newShell());
}

/** Where the first line of a script stands: below its `|`, or where it begins. */
export function scriptStart({ lines, at }: Workflow, { path }: WorkflowStep): SourcePosition {
  const place = at([...path, "run"]);
  const line = lines[place.line - 1] ?? "";
  const isBlock = /[|>][-+0-9]*\s*(?:#.*)?\r?$/.test(line.slice(place.column - 1));
  return isBlock ? { ...place, line: place.line + 1, column: 1 } : place;
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

/** Lines and columns within a script as those of the file that it stands in. */
export function placesOf(
  workflow: Workflow,
  step: WorkflowStep,
  script: string,
): (index: number) => SourcePosition {
  const start = scriptStart(workflow, step);
  const places = new Places(script, start.file);
  return (index) => {
    const [line, column] = places.pair(index);
    return { file: start.file, line: start.line + line - 1, column: line === 1 ? start.column : column };
  };
}
