import { LapstrakeError } from "../core/base/error.ts";
import { parseImageRef } from "../core/oci/reference.ts";
import { FlowError, type FlowProblem } from "./error.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import type { World } from "./world.ts";

/** A registry that answers nothing in this time counts as out of reach. */
const REACH_MS = 20_000;

/**
 * A `# syntax=` line makes BuildKit fetch a frontend image before anything else. Where no registry has it, that is said
 * before the first build, with the line, and not after the images above it were built. Throws FRONTEND_MISSING.
 */
export async function checkFrontends(
  world: World,
  planned: PlannedFleet,
  open: ReadonlySet<string>,
): Promise<void> {
  const lines = planned.subjects.flatMap(({ node }) => {
    const frontend = node.dockerfile.needsFrontend;
    return frontend === undefined || !open.has(node.name) ? [] : [frontend];
  });
  const refs = [...new Set(lines.map(({ ref }) => ref))];
  const reasons = new Map(
    await Promise.all(refs.map(async (ref) => [ref, await missing(world, planned, ref)] as const)),
  );
  const problems = lines.flatMap(({ ref, at }): FlowProblem[] => {
    const why = reasons.get(ref);
    if (why === undefined) return [];
    return [
      {
        code: "FRONTEND_MISSING",
        message: `the frontend ${ref} cannot be had: ${why}`,
        at,
        hint: "delete the `# syntax=` line to use the engine's own frontend, or name one that a registry in reach has",
      },
    ];
  });
  if (problems.length > 0)
    throw new FlowError("FRONTEND_MISSING", "a frontend image is missing", { problems });
}

/** Why it cannot be had, or undefined where it can. */
async function missing(world: World, { registry }: PlannedFleet, text: string): Promise<string | undefined> {
  const signal = AbortSignal.any([world.kill, AbortSignal.timeout(REACH_MS)]);
  try {
    const ref = parseImageRef(text);
    const tagged = ref.tag === undefined && ref.digest === undefined ? { ...ref, tag: "latest" } : ref;
    return (await registry.resolve(tagged, { signal })) === undefined
      ? `${ref.host} does not have it`
      : undefined;
  } catch (error) {
    if (world.kill.aborted) throw error;
    if (error instanceof LapstrakeError) return error.message;
    if (signal.aborted) return `no answer within ${REACH_MS / 1000} s`;
    throw error;
  }
}
