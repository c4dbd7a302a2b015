import { describePath, describeValue } from "./describe-value.ts";
import type { Problem } from "./error.ts";
import type { Nearest } from "./nearest.ts";
import { lookUp, type Path } from "./positions.ts";
import type { Source } from "./source.ts";
import { listOf } from "./untyped.ts";

export interface Lookup {
  readonly source: Source;
  readonly nearest: Nearest;
}

export interface UnknownName {
  readonly path: Path;
  readonly found: string;
  readonly expected: string;
  readonly known: ReadonlySet<string>;
}

/** A name that nothing has; or the thing's own, where nothing may name itself. */
export function unknownName(
  { path, found, expected, known }: UnknownName,
  { source, nearest }: Lookup,
): Problem {
  return {
    code: "BLUEPRINT_REFERENCE",
    message: `${describePath(path)}: expected ${expected}, found ${describeValue(found)}`,
    at: lookUp(source.file, source.positions, path),
    hint: known.has(found) ? "nothing derives from itself" : meant(found, known, nearest),
  };
}

/** Those of a list of names that are not known; what is no text is the shape's problem. */
export function unknownNames(
  list: unknown,
  about: Omit<UnknownName, "found">,
  lookup: Lookup,
): readonly Problem[] {
  return listOf(list).flatMap((found, index) =>
    typeof found !== "string" || about.known.has(found)
      ? []
      : [unknownName({ ...about, path: [...about.path, index], found }, lookup)],
  );
}

/** What a list names a second time. */
export function repeats(list: unknown, path: Path, source: Source): readonly Problem[] {
  const seen = new Set<unknown>();
  return listOf(list).flatMap((value, index): Problem[] => {
    if (typeof value !== "string" || !seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [
      {
        code: "BLUEPRINT_DUPLICATE",
        message: `${describePath(path)}: found ${describeValue(value)} twice`,
        at: lookUp(source.file, source.positions, [...path, index]),
      },
    ];
  });
}

function meant(found: string, known: ReadonlySet<string>, nearest: Nearest): string {
  const near = nearest.to(found, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (known.size === 0) return "there is none yet";
  // Not through an array of all: a file of junk asks this for each of its names.
  const shown: string[] = [];
  for (const name of known) {
    if (shown.push(name) === 10) break;
  }
  return `there are ${shown.join(", ")}${known.size > shown.length ? ", …" : ""}`;
}
