import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { TarType } from "../../src/core/audit/tar/entry.ts";

export interface TarLine {
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of links, else empty. */
  readonly target: string;
}

const TYPES: Readonly<Record<string, TarType>> = {
  "-": "file",
  d: "directory",
  l: "symlink",
  h: "hardlink",
  c: "character",
  b: "block",
  p: "fifo",
};
const LINE =
  /^([-dlhcbp])([-rwxsStT]{9}) (\d+)\/(\d+) +(\d+|\d+,\d+) \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (.*)$/;

/** What GNU tar says of an archive: of a file (`-f FILE` in the arguments), or of a program's output. */
export async function listTar(
  argv: readonly [string, ...string[]],
  source?: ChildProcess,
): Promise<readonly TarLine[]> {
  const [program, ...args] = argv;
  const tar = spawn(
    program,
    ["-tv", "--numeric-owner", "--quoting-style=literal", "--show-stored-names", ...args],
    {
      stdio: [source?.stdout ?? "ignore", "pipe", "inherit"],
      env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
    },
  );
  const lines: TarLine[] = [];
  for await (const line of createInterface({ input: tar.stdout })) lines.push(parseLine(line));
  return lines;
}

function parseLine(line: string): TarLine {
  const found = LINE.exec(line);
  if (found === null) throw new Error(`tar says what is not understood: ${line}`);
  const [, letter = "", mode = "", uid, gid, size = "", rest = ""] = found;
  const type = TYPES[letter] ?? "unknown";
  const separator = type === "symlink" ? " -> " : type === "hardlink" ? " link to " : undefined;
  const cut = separator === undefined ? -1 : rest.indexOf(separator);
  const path = cut < 0 ? rest : rest.slice(0, cut);
  return {
    path: path.replace(/\/$/, ""),
    type,
    mode: modeOf(mode),
    uid: Number(uid),
    gid: Number(gid),
    size: type === "file" ? Number(size) : 0,
    target: cut < 0 ? "" : rest.slice(cut + (separator?.length ?? 0)),
  };
}

/** `rwsr-xr-t`: s and S are set-user-id and set-group-id with and without execute, t and T the sticky bit. */
function modeOf(text: string): number {
  let mode = 0;
  for (const [index, letter] of Array.from(text).entries()) {
    const bit = 1 << (8 - index);
    if ("rwxst".includes(letter)) mode |= bit;
    if ("sStT".includes(letter)) mode |= index === 2 ? 0o4000 : index === 5 ? 0o2000 : 0o1000;
  }
  return mode;
}
