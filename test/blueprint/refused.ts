import { expect } from "vitest";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";

/** A blueprint with only what must be there, in three lines. */
export const HEAD = "version: 1\nfleet: f\nregistry: local/x\n";

/** The problems of a text that must be refused, each as `line:column CODE`. */
export function refused(text: string): readonly string[] {
  return problemsOf(errorOf(text));
}

/** The same of any file that is read like a blueprint. */
export function refusedBy(read: () => unknown): readonly string[] {
  return problemsOf(errorBy(read));
}

export function errorOf(text: string): BlueprintError {
  return errorBy(() => parseBlueprint(text, "lapstrake.yaml"));
}

function problemsOf({ problems }: BlueprintError): readonly string[] {
  return problems.map(({ at, code }) => `${at.line}:${at.column} ${code}`);
}

function errorBy(read: () => unknown): BlueprintError {
  try {
    read();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(BlueprintError);
    if (thrown instanceof BlueprintError) return thrown;
  }
  throw new Error("expected a BlueprintError");
}
