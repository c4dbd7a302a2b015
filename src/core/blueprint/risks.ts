import type { Risk } from "./phase-plan.ts";
import { lookUp, type Path } from "./positions.ts";
import type { RisksShape } from "./shape/risks.ts";
import type { Source } from "./source.ts";

/** The register as the program uses it; `path` says where in the file it stands. */
export function risksOf(values: RisksShape, source: Source, path: Path): readonly Risk[] {
  return values.map((value, index) => ({
    ...value,
    detector: value.detector ?? `lapstrake risk ${value.id}`,
    at: lookUp(source.file, source.positions, [...path, index, "id"]),
  }));
}
