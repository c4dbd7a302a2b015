import { joinInside } from "../../../core/policy/locks/named-files.ts";
import type { PlacedRequirement } from "../../../core/policy/size/baseline-dockerfile.ts";
import type { BaselineRecipe } from "../../../core/policy/size/baseline-recipe.ts";
import { FlowError } from "../../error.ts";
import type { Fleet } from "../../load-fleet.ts";
import { readFileOf } from "../../phases/read-files.ts";

/** A file of requirements, as it lies in the tree and as the build is given it. */
export interface ReadRequirement extends PlacedRequirement {
  /** Relative to the blueprint's folder. */
  readonly path: string;
  readonly text: string;
}

/** Reads what is to be installed, in order. Throws FlowError BASELINE_REQUIREMENTS where a file is not in the tree. */
export async function readRequirements(
  fleet: Pick<Fleet, "tree">,
  service: string,
  { installs }: Pick<BaselineRecipe, "installs">,
): Promise<readonly ReadRequirement[]> {
  const read: ReadRequirement[] = [];
  for (const [index, { written, places, choices }] of installs.entries()) {
    const found = await firstOf(
      fleet,
      places.flatMap(({ folder, path }) => joinInside(folder, path) ?? []),
    );
    if (found === undefined) {
      throw new FlowError(
        "BASELINE_REQUIREMENTS",
        `${service} installs from ${written}, which is not in the tree: without it the baseline would be too small`,
      );
    }
    read.push({ ...found, file: `${index + 1}.txt`, choices });
  }
  return read;
}

async function firstOf(
  fleet: Pick<Fleet, "tree">,
  paths: readonly string[],
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const path of paths) {
    const bytes = await readFileOf(fleet, path);
    if (bytes !== undefined) return { path, text: new TextDecoder().decode(bytes) };
  }
  return undefined;
}
