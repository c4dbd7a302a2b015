import type { SourcePosition } from "../base/error.ts";
import type { Json } from "../base/json.ts";
import { BudgetError, type Environment } from "./environment.ts";
import { DockerfileError } from "./error.ts";
import { LexError, type LexOptions, type LexResult, lexWord } from "./shell-lex.ts";
import type { Budget } from "./shell-pattern.ts";

/** A word after expansion. */
export interface Word {
  /** What the build will see, where `known`; else as far as it is known. */
  readonly text: string;
  readonly known: boolean;
  /** For the build identity: the text, or what it is made of where only the base image could complete it. */
  readonly canonical: Json;
}

export function plainWord(text: string): Word {
  return { text, known: true, canonical: text };
}

/** Expands the words of one Dockerfile, each error with its position. */
export class Expander {
  readonly #escape: string;
  readonly budget: Budget;

  constructor(escape: string, budget: Budget) {
    this.#escape = escape;
    this.budget = budget;
  }

  /** Throws DockerfileError DOCKERFILE_VARIABLE or DOCKERFILE_LIMIT. */
  word(source: string, environment: Environment, at: SourcePosition): Word {
    return toWord(source, this.lex(source, environment, at), environment);
  }

  /** Body of a heredoc: quotes are ordinary characters, and the escape character is always the backslash. */
  body(source: string, environment: Environment, at: SourcePosition): Word {
    const options = { escape: "\\", literalQuotes: true };
    return toWord(source, this.lex(source, environment, at, options), environment);
  }

  lex(
    source: string,
    environment: Environment,
    at: SourcePosition,
    options: Partial<Pick<LexOptions, "escape" | "literalQuotes" | "cut">> = {},
  ): LexResult {
    const lookup = (name: string) => environment.lookup(name);
    try {
      return lexWord(source, { escape: this.#escape, lookup, budget: this.budget, ...options });
    } catch (error) {
      if (!(error instanceof LexError)) throw error;
      const code = error instanceof BudgetError ? "DOCKERFILE_LIMIT" : "DOCKERFILE_VARIABLE";
      throw new DockerfileError(code, error.message, { at, details: { word: source.slice(0, 200) } });
    }
  }
}

function toWord(source: string, { text, unknown, set }: LexResult, environment: Environment): Word {
  if (unknown.size === 0) return plainWord(text);
  // The raw word and the values that were known, so that an escaped dollar and a real one never look the same.
  const given = [...set].sort().map((name): Json => {
    const variable = environment.lookup(name);
    return [name, variable.kind === "set" ? variable.value : null];
  });
  return { text, known: false, canonical: { unexpanded: source, given } };
}
