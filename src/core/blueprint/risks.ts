import { inFileOrder } from "./in-file-order.ts";
import type { Risk } from "./phase-plan.ts";
import type { Path } from "./positions.ts";
import type { RisksShape } from "./shape/risks.ts";
import type { Source } from "./source.ts";

/** The register as the program uses it; `path` says where in the file it stands. */
export function risksOf(values: RisksShape, source: Source, path: Path): readonly Risk[] {
  return inFileOrder(path, values, source).map(({ name, value, at }) => ({
    id: name,
    ...value,
    detector: value.detector ?? `lapstrake risk ${name}`,
    at,
  }));
}
