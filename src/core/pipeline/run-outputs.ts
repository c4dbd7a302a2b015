import type { Plan } from "../plan/plan.ts";
import { IMAGES_OUTPUT, NOTHING, RELEASE_OUTPUT } from "./docker-build.ts";
import type { Wave } from "./waves.ts";

/**
 * What the plan's job tells the others: of each wave the images that are left to do, all images that can be had, and
 * whether there is anything to release. Values are one line. A job whose matrix is `[]` is not started.
 */
export function runOutputs(plan: Plan, waves: readonly Wave[]): ReadonlyMap<string, string> {
  const open = new Set(
    plan.images.filter(({ action }) => action === "build" || action === "wait").map(({ name }) => name),
  );
  const matrices = waves.map(({ id, entries }) => {
    const left = entries.filter(({ image }) => open.has(image));
    return [id, left.length === 0 ? NOTHING : JSON.stringify(left)] as const;
  });
  const available = plan.images.filter(({ action }) => action !== "unavailable").map(({ name }) => name);
  return new Map([
    ...matrices,
    [IMAGES_OUTPUT, available.join(" ")],
    // A release that would be refused is begun all the same: it says why, and the run is red.
    [RELEASE_OUTPUT, plan.release?.state === "unchanged" || available.length === 0 ? "no" : "yes"],
  ]);
}
