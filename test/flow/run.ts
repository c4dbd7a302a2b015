import { LapstrakeError } from "../../src/core/base/error.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { type ReleaseFlags, type ReleaseReport, release } from "../../src/flow/release.ts";
import { HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import type { TestMachine } from "../kit/world.ts";

export const FLAGS: ReleaseFlags = {
  jobs: undefined,
  failFast: false,
  noCache: false,
  tier: undefined,
  partial: false,
  allowDirty: false,
  wait: 0,
  command: "lapstrake release",
};

export function run(machine: TestMachine, flags: Partial<ReleaseFlags> = {}): Promise<ReleaseReport> {
  return release(machine.world(), { ...FLAGS, ...flags });
}

/** The release that a run made or found; fails for any other end. */
export async function released(
  machine: TestMachine,
  flags: Partial<ReleaseFlags> = {},
): Promise<ReleaseBody> {
  const report = await run(machine, flags);
  if (report.state !== "released" && report.state !== "unchanged") throw new Error(`it ${report.state}`);
  return report.release;
}

/** The code of the known error that it throws; anything else is thrown on, and no error is one. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LapstrakeError) return error.code;
    throw error;
  }
  return "no error";
}

/** By image: its tags that are no content names, in order. */
export async function tagsOf(machine: TestMachine): Promise<Readonly<Record<string, readonly string[]>>> {
  const entries = SAMPLE_IMAGES.map(async (name) => {
    const all = await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/${name}` });
    return [name, all.filter((tag) => !tag.startsWith("in-") && tag !== "unproven").sort()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** By kind, how many calls; the repository does not matter. */
export function countCalls(calls: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const verb = call.slice(0, call.indexOf(" "));
    counts[verb] = (counts[verb] ?? 0) + 1;
  }
  return counts;
}
