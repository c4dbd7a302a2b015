import { plainPath } from "../image/path.ts";
import { nameLines } from "./database-text.ts";

export interface ReadPaths {
  readonly paths: readonly string[];
  /** Lines that name nothing in an image: how many, and the first. */
  readonly odd: { readonly count: number; readonly line: number; readonly why: string } | undefined;
}

/** `info/NAME.list`: an absolute path a line, `/.` for the root. Paths are made plain; the root is left out. */
export function readList(bytes: Uint8Array): ReadPaths {
  return read(bytes, (line) => (line.startsWith("/") ? line : undefined));
}

/** `NAME.md5sums`: 32 hexadecimal digits, two spaces, a path from the root. Files only, without configuration files. */
export function readSummedPaths(bytes: Uint8Array): ReadPaths {
  return read(bytes, (line) => SUM.exec(line)?.[2]);
}

const SUM = /^([0-9a-f]{32}) [ *](.+)$/;

function read(bytes: Uint8Array, pathOf: (line: string) => string | undefined): ReadPaths {
  const paths: string[] = [];
  let odd: ReadPaths["odd"];
  for (const [index, line] of nameLines(bytes).entries()) {
    const written = pathOf(line);
    const plain = written === undefined ? NO_PATH : plainPath(written);
    if (!plain.ok) odd = { line: index + 1, why: plain.why, ...odd, count: (odd?.count ?? 0) + 1 };
    else if (plain.path !== "") paths.push(plain.path);
  }
  return { paths, odd };
}

const NO_PATH = { ok: false, why: "it is no path" } as const;
