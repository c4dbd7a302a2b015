import type { SourcePosition } from "../base/error.ts";
import { lookUp, type Path } from "./positions.ts";
import type { Source } from "./source.ts";

/** A member of a map: its key, where it stands, its value. */
export interface Entry<T> {
  readonly name: string;
  readonly at: SourcePosition;
  readonly value: T;
}

/** Objects put keys that look like numbers first, so the order comes from the positions. */
export function inFileOrder<T>(
  path: Path,
  values: Readonly<Record<string, T>>,
  source: Source,
): readonly Entry<T>[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, at: lookUp(source.file, source.positions, [...path, name]), value }))
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
