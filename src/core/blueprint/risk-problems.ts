import type { Problem } from "./error.ts";
import { type Lookup, unknownName, unknownNames } from "./name-lookup.ts";
import type { Path } from "./positions.ts";
import { mapOf } from "./untyped.ts";

export interface RiskNames extends Lookup {
  readonly images: ReadonlySet<string>;
  readonly machines: ReadonlySet<string>;
  readonly phases: ReadonlySet<string>;
}

/** Images, machines and phases that risks name and nothing has. `path` leads to the unchecked register in its file. */
export function riskProblems(register: unknown, path: Path, names: RiskNames): readonly Problem[] {
  return Object.entries(mapOf(register)).flatMap(([id, risk]) => {
    const { phases, watch } = mapOf(risk);
    return [
      ...unknownNames(
        phases,
        { path: [...path, id, "phases"], expected: "the id of a phase", known: names.phases },
        names,
      ),
      ...watchProblems(watch, [...path, id, "watch"], names),
    ];
  });
}

function watchProblems(value: unknown, path: Path, names: RiskNames): readonly Problem[] {
  const { image, machines } = mapOf(value);
  const unknownImage = {
    path: [...path, "image"],
    found: String(image),
    expected: "the name of an image",
    known: names.images,
  };
  return [
    ...(typeof image !== "string" || names.images.has(image) ? [] : [unknownName(unknownImage, names)]),
    ...unknownNames(
      machines,
      { path: [...path, "machines"], expected: "the name of a machine", known: names.machines },
      names,
    ),
  ];
}
