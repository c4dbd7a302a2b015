import { suggest } from "../base/suggest.ts";

/** "Did you mean", for the first hundred problems of a file: a file of junk must not cost minutes of comparing. */
export class Nearest {
  #left = 100;

  to(word: string, candidates: Iterable<string>): string | undefined {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    return suggest(word, candidates);
  }
}
