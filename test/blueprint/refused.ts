import { expect } from "vitest";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";

/** A blueprint with only what must be there, in three lines. */
export const HEAD = "version: 1\nfleet: f\nregistry: local/x\n";

/** The problems of a text that must be refused, each as `line:column CODE`. */
export function refused(text: string): readonly string[] {
  return errorOf(text).problems.map(({ at, code }) => `${at.line}:${at.column} ${code}`);
}

export function errorOf(text: string): BlueprintError {
  try {
    parseBlueprint(text, "lapstrake.yaml");
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(BlueprintError);
    if (thrown instanceof BlueprintError) return thrown;
  }
  throw new Error(`expected a BlueprintError for:\n${text.slice(0, 500)}`);
}
