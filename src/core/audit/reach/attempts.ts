import type { ImportContext, PythonImport } from "../python/python-source.ts";

/** Whether an import succeeds; undefined where that hangs on more than files. */
export type Succeeds = (each: PythonImport) => boolean | undefined;

/**
 * What becomes of the `try` statements of one file: where an import of the body fails in any case, what the handler imports is
 * needed; where all of them succeed, what the `else` does.
 */
export class Attempts {
  /** By the line of the `try`. */
  readonly #bodies = new Map<number, PythonImport[]>();
  readonly #outcomes = new Map<number, boolean | undefined>();
  readonly #succeeds: Succeeds;

  constructor(imports: readonly PythonImport[], succeeds: Succeeds) {
    this.#succeeds = succeeds;
    for (const each of imports) {
      const last = each.context.attempts?.at(-1);
      if (last?.part !== "body") continue;
      const body = this.#bodies.get(last.line);
      if (body === undefined) this.#bodies.set(last.line, [each]);
      else body.push(each);
    }
  }

  /** Whether an import in a handler or an `else` happens as surely as the outermost `try` that it stands in. */
  isSure({ guard, attempts = [] }: ImportContext): boolean {
    if (guard !== "alternative" || attempts.length === 0) return false;
    return attempts.every(({ line, part }) => {
      if (part !== "handler" && part !== "else") return false;
      return this.#outcome(line) === (part === "else");
    });
  }

  #outcome(line: number): boolean | undefined {
    if (this.#outcomes.has(line)) return this.#outcomes.get(line);
    const results = (this.#bodies.get(line) ?? []).map((each) =>
      isPlain(each.context) ? this.#succeeds(each) : undefined,
    );
    const outcome = results.includes(false)
      ? false
      : results.length > 0 && results.every((each) => each === true)
        ? true
        : undefined;
    this.#outcomes.set(line, outcome);
    return outcome;
  }
}

/** Under no test but one that holds. */
function isPlain({ typing, branch, main, condition, holds }: ImportContext): boolean {
  return !typing && branch !== true && main !== true && (condition === undefined || holds === true);
}
