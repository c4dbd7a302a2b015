import type { SbomComponent } from "../../audit/sbom/sbom.ts";
import type { LayerOrigin } from "../audit/layer-origins.ts";
import type { GateFinding } from "./gate.ts";

/** What brought a component into an image: whose layer, and the line of which Dockerfile. */
export type ComponentPlace = Pick<GateFinding, "owner" | "layer" | "at">;

export function componentPlace(
  { broughtBy }: Pick<SbomComponent, "broughtBy">,
  origins: readonly LayerOrigin[],
): ComponentPlace {
  return broughtBy === undefined ? {} : layerPlace(broughtBy.layer, origins);
}

/** The same of a layer by its number. */
export function layerPlace(index: number, origins: readonly LayerOrigin[]): ComponentPlace {
  const origin = origins[index];
  if (origin === undefined) return {};
  const { diffId, createdBy, instruction } = origin;
  return {
    layer: { index, diffId, ...(createdBy === undefined ? {} : { instruction: createdBy }) },
    ...(instruction === undefined
      ? {}
      : {
          owner: instruction.image,
          at: { file: instruction.file, line: instruction.line, column: 1 },
        }),
  };
}
