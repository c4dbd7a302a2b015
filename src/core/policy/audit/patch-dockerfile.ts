import { type LineEdit, unifiedDiff } from "./unified-diff.ts";

/** A package that goes, and the instruction that installs it: lines count from 1. */
export interface PackageRemoval {
  readonly name: string;
  readonly line: number;
  readonly endLine: number;
}

export interface DockerfilePatch {
  readonly file: string;
  /** Empty where nothing could be taken out. */
  readonly diff: string;
  /** The whole file as it would be. */
  readonly patched: string;
  readonly removed: readonly string[];
  /** What stays, and why it is not for an edit of this file. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
}

/** Takes packages out of the `apt-get install` of the RUN that names them, and changes nothing else. */
export function patchDockerfile(
  file: string,
  text: string,
  removals: readonly PackageRemoval[],
): DockerfilePatch {
  const before = text.split("\n");
  const after: (string | undefined)[] = [...before];
  const removed: string[] = [];
  const kept: { name: string; why: string }[] = [];
  for (const removal of removals) {
    const found = placeOf(after, removal);
    if (found === undefined)
      kept.push({ name: removal.name, why: "no install names it: another package brought it" });
    else if (found.isLast)
      kept.push({
        name: removal.name,
        why: "its install would have nothing left: take the step out by hand",
      });
    else {
      after[found.line] = found.without;
      removed.push(removal.name);
    }
  }
  const edits = after.flatMap((line, index): LineEdit[] => {
    const old = before[index] ?? "";
    if (line === old) return [];
    // A line that only went on is no line any more.
    return [{ line: index, to: /^\s*\\?\s*$/.test(line ?? "") ? undefined : line }];
  });
  const edited = new Map(edits.map(({ line, to }) => [line, to]));
  const patched = before
    .flatMap((line, index) => (edited.has(index) ? (edited.get(index) ?? []) : line))
    .join("\n");
  return { file, diff: unifiedDiff(file, before, edits), patched, removed, kept };
}

interface Place {
  /** Index of the line. */
  readonly line: number;
  readonly without: string;
  /** Nothing else is installed by the same command. */
  readonly isLast: boolean;
}

/** A word of an install command, with where it stands. */
interface Word {
  readonly line: number;
  readonly start: number;
  readonly text: string;
}

function placeOf(
  lines: readonly (string | undefined)[],
  { name, line, endLine }: PackageRemoval,
): Place | undefined {
  for (const words of installs(lines, line - 1, endLine)) {
    const packages = words.filter(({ text }) => /^[a-z0-9]/.test(text));
    const found = packages.find(({ text }) => text.replace(/[=/:].*$/, "") === name);
    if (found === undefined) continue;
    const whole = lines[found.line] ?? "";
    const head = whole.slice(0, found.start).replace(/[ \t]+$/, "");
    const tail = whole.slice(found.start + found.text.length);
    // The first word of a line keeps the line's indent for what follows.
    const without = head === "" ? whole.slice(0, found.start) + tail.replace(/^[ \t]+/, "") : head + tail;
    return { line: found.line, without, isLast: packages.length === 1 };
  }
  return undefined;
}

/** For each `apt-get install` between two lines the words behind it, up to the end of its command. */
function installs(
  lines: readonly (string | undefined)[],
  from: number,
  to: number,
): readonly (readonly Word[])[] {
  const commands: Word[][] = [];
  let open: Word[] | undefined;
  let before = "";
  for (let line = from; line < to; line++) {
    const text = lines[line] ?? "";
    if (/^\s*#/.test(text)) continue;
    for (const { 0: word, index } of text.matchAll(/&&|\|\||[;|&]|"[^"]*"|'[^']*'|[^\s;&|]+/g)) {
      if (/^[;&|]/.test(word)) open = undefined;
      else if (word === "install" && before === "apt") commands.push((open = []));
      else if (open !== undefined && word !== "\\") open.push({ line, start: index, text: word });
      if (/(?:^|\/)(?:apt-get|apt|aptitude)$/.test(word)) before = "apt";
      else if (/^[;&|]/.test(word)) before = "";
    }
  }
  return commands;
}
