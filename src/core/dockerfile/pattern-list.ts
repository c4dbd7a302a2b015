import { type IgnorePattern, parseIgnorePattern } from "./ignore-pattern.ts";

/** Results of one folder: which patterns matched it, whether it is out, and whether all below it is too. */
interface FolderMatch {
  readonly matched: readonly boolean[];
  readonly out: boolean;
  readonly closed: boolean;
}

/** Characters that make an exception match below folders that are not its prefix (fsutil's list). */
const SPECIAL = /[*[\]?^\\]/;

/**
 * Patterns in order, later ones winning over earlier ones: moby's PatternMatcher, as fsutil walks a folder with it. A
 * path inherits, pattern by pattern, what matched its folder; so an exception can bring back a file of a folder that is out.
 */
export class PatternList {
  readonly #patterns: readonly IgnorePattern[];
  readonly #exceptions: readonly IgnorePattern[];
  /** All exceptions are plain paths: a folder that is the beginning of none holds no exception. */
  readonly #plainExceptions: boolean;
  readonly #folders = new Map<string, FolderMatch>();

  /** Throws IgnorePatternError. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.flatMap((line) => parseIgnorePattern(line) ?? []);
    this.#exceptions = this.#patterns.filter(({ exception }) => exception);
    this.#plainExceptions = this.#exceptions.every(({ text }) => !SPECIAL.test(withoutGlob(text)));
  }

  matches(path: string): boolean {
    if (this.#patterns.length === 0) return false;
    const parent = this.#parent(path);
    return parent?.closed === true || this.#match(path, parent).out;
  }

  /** Nothing at or below this folder can be left in. */
  closes(folder: string): boolean {
    return this.#patterns.length > 0 && this.#folder(folder).closed;
  }

  #parent(path: string): FolderMatch | undefined {
    const slash = path.lastIndexOf("/");
    return slash < 0 ? undefined : this.#folder(path.slice(0, slash));
  }

  #folder(path: string): FolderMatch {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const parent = this.#parent(path);
    const { matched, out } = this.#match(path, parent);
    const result = { matched, out, closed: parent?.closed === true || (out && !this.#holdsException(path)) };
    this.#folders.set(path, result);
    return result;
  }

  #holdsException(folder: string): boolean {
    if (this.#exceptions.length === 0) return false;
    return (
      !this.#plainExceptions ||
      this.#exceptions.some(({ text }) => `${withoutGlob(text)}/`.startsWith(`${folder}/`))
    );
  }

  #match(path: string, parent: FolderMatch | undefined): { matched: readonly boolean[]; out: boolean } {
    let out = false;
    const matched = this.#patterns.map(({ exception, matches }, index) => {
      // A pattern that could not change the result is not looked at, and then does not count as matched for children.
      const match = parent?.matched[index] === true || (exception === out && matches(path));
      if (match) out = !exception;
      return match;
    });
    return { matched, out };
  }
}

function withoutGlob(text: string): string {
  return text.replace(/\/\*\*$/, "").replace(/\/\*$/, "");
}
