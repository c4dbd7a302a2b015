import { plainPath } from "../image/path.ts";
import { nameLines } from "./database-text.ts";
import { dpkgInvalid, shown } from "./invalid.ts";
import type { Alternative } from "./package-database.ts";

/** More than any alternative has. */
const MAX_ITEMS = 10_000;

/**
 * A file of `/var/lib/dpkg/alternatives`: mode, link, then name and link of each follower up to an empty line, then the
 * choices up to an empty line: path, priority, and a line for each follower, which may be empty. Throws AuditError
 * DPKG_INVALID.
 */
export function readAlternative(bytes: Uint8Array, file: string): Alternative {
  const lines = new Lines(nameLines(bytes), file);
  const mode = lines.next("a mode");
  if (mode !== "auto" && mode !== "manual") throw lines.invalid(`"${shown(mode)}" is no mode`);
  const link = lines.path();
  const followers: { name: string; link: string }[] = [];
  for (let name = lines.next("a follower"); name !== ""; name = lines.next("a follower")) {
    if (followers.length >= MAX_ITEMS) throw lines.invalid(`more than ${MAX_ITEMS} followers`);
    followers.push({ name, link: lines.path() });
  }
  const choices: { path: string; priority: number }[] = [];
  for (let left = lines.left; left > 0 && !lines.atEmpty(); left = lines.left) {
    if (choices.length >= MAX_ITEMS) throw lines.invalid(`more than ${MAX_ITEMS} choices`);
    const path = lines.path();
    const priority = lines.next("a priority");
    if (!/^-?[0-9]{1,10}$/.test(priority)) throw lines.invalid(`"${shown(priority)}" is no priority`);
    for (const { name } of followers) lines.next(`the path of ${shown(name)}`);
    choices.push({ path, priority: Number(priority) });
  }
  return { name: file.slice(file.lastIndexOf("/") + 1), mode, link, followers, choices };
}

class Lines {
  readonly #lines: readonly string[];
  readonly #file: string;
  #at = 0;

  constructor(lines: readonly string[], file: string) {
    this.#lines = lines;
    this.#file = file;
  }

  get left(): number {
    return this.#lines.length - this.#at;
  }

  atEmpty(): boolean {
    return this.#lines[this.#at] === "";
  }

  next(what: string): string {
    const line = this.#lines[this.#at];
    this.#at++;
    if (line === undefined) throw this.invalid(`it ends before ${what}`);
    return line;
  }

  path(): string {
    const written = this.next("a path");
    const plain = plainPath(written);
    if (!written.startsWith("/") || !plain.ok || plain.path === "")
      throw this.invalid(`"${shown(written)}" is no absolute path`);
    return plain.path;
  }

  /** At the line that was read last. */
  invalid(why: string): Error {
    return dpkgInvalid(why, { file: this.#file, line: this.#at });
  }
}
