import type { SourcePosition } from "../base/error.ts";
import type { Blueprint, Positions } from "./blueprint.ts";

export type Path = readonly (string | number)[];

/**
 * Where the value at `path` stands, such as `["images", "base-python", "dockerfile"]`; of a value that is not written
 * (a default) the nearest thing around it that is.
 */
export function positionOf(blueprint: Pick<Blueprint, "file" | "positions">, path: Path): SourcePosition {
  return lookUp(blueprint.file, blueprint.positions, path);
}

export function lookUp(file: string, positions: Positions, path: Path): SourcePosition {
  for (let length = path.length; length > 0; length--) {
    const found = positions[pointer(path.slice(0, length))];
    if (found !== undefined) return { file, line: found[0], column: found[1] };
  }
  return { file, line: 1, column: 1 };
}

/** JSON Pointer, RFC 6901 section 3. */
export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
