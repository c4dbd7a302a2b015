import { LexError, type Variable } from "./shell-lex.ts";
import { type Budget } from "./shell-pattern.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The variables of one stage while its instructions are read. */
export class Environment {
  readonly #variables: Map<string, string | undefined>;
  readonly #open: boolean;

  /** `open`: names that are not here may still be set, by a base image that we cannot see. */
  constructor(variables: Iterable<readonly [string, string | undefined]>, open: boolean) {
    this.#variables = new Map(variables);
    this.#open = open;
  }

  static ofScratch(): Environment {
    return new Environment([["PATH", DEFAULT_PATH]], false);
  }

  /** Of an image: `undefined` where its configuration is not known. BuildKit adds PATH where an image has none. */
  static ofImage(variables: Readonly<Record<string, string>> | undefined): Environment {
    if (variables === undefined) return new Environment([], true);
    return new Environment([["PATH", DEFAULT_PATH], ...Object.entries(variables)], false);
  }

  lookup(name: string): Variable {
    if (this.#variables.has(name)) {
      const value = this.#variables.get(name);
      return value === undefined ? { kind: "unknown" } : { kind: "set", value };
    }
    // No image sets variables with other names than these.
    return { kind: this.#open && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? "unknown" : "unset" };
  }

  /** `undefined`: it is set, but to something that only the base image's environment could tell. */
  set(name: string, value: string | undefined): void {
    this.#variables.set(name, value);
  }

  fork(budget: Budget): Environment {
    budget.spend(this.#variables.size);
    return new Environment(this.#variables, this.#open);
  }
}

const MAX_STEPS = 64 * 1024 * 1024;

/** Bounds all expansion of one Dockerfile together: `ENV A=$A$A`, thirty times, would fill any memory. */
export function newBudget(): Budget {
  let left = MAX_STEPS;
  return {
    spend: (steps) => {
      left -= steps;
      if (left < 0) throw new BudgetError("the variables of this file expand to more than 64 MB");
    },
  };
}

export class BudgetError extends LexError {}
