import { BlueprintError, type BlueprintErrorCode, type Problem } from "./error.ts";

/** The error for a file with these problems, in file order; `code` says more than that of the first where given. */
export function refuse(problems: readonly Problem[], code?: BlueprintErrorCode): BlueprintError {
  const [first, ...more] = inFileOrder(problems);
  // Callers come here with at least one; a type cannot say so.
  if (first === undefined) throw new TypeError("a file was refused without a problem");
  return new BlueprintError([first, ...more], code);
}

/** By place, the first problem of a place only: a number that YAML changed is of the wrong type, too. */
function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ at, code, message }) => {
      const id = `${at.line}:${at.column}:${code === "BLUEPRINT_VALUE" ? "" : code + message}`;
      const isNew = !seen.has(id);
      seen.add(id);
      return isNew;
    })
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
