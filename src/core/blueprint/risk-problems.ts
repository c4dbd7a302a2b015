import type { Problem } from "./error.ts";
import { type Lookup, unknownName, unknownNames } from "./name-lookup.ts";
import type { Path } from "./positions.ts";
import { mapOf, type Untyped } from "./untyped.ts";

/** Images and machines that the watches of risks name and nothing has. `path` leads to the register in its file. */
export function riskProblems(root: Untyped, path: Path, lookup: Lookup): readonly Problem[] {
  const images = new Set(Object.keys(mapOf(root["images"])));
  const machines = new Set(Object.keys(mapOf(root["machines"])));
  return Object.entries(mapOf(root["risks"])).flatMap(([id, risk]) => {
    const watch = mapOf(mapOf(risk)["watch"]);
    const at: Path = [...path, id, "watch"];
    const { image } = watch;
    return [
      ...(typeof image !== "string" || images.has(image)
        ? []
        : [
            unknownName(
              { path: [...at, "image"], found: image, expected: "the name of an image", known: images },
              lookup,
            ),
          ]),
      ...unknownNames(
        watch["machines"],
        { path: [...at, "machines"], expected: "the name of a machine", known: machines },
        lookup,
      ),
    ];
  });
}
