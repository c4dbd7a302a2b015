import { join } from "node:path";
import type { EpochSeconds } from "../core/base/clock.ts";
import type { Subject } from "../core/plan/trace.ts";
import type { BuildRun } from "./build-image.ts";
import { PROFILE_CONTEXT } from "./load-fleet.ts";

export interface StagedContexts {
  /** By the context's name; the main one has the empty name. */
  readonly folders: ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

/**
 * Copies of exactly the files that the identity names, with all times at the epoch: whatever else lies in a context,
 * and when a file was saved, cannot decide what is built (docs/decisions/008).
 */
export async function stageContexts(
  run: BuildRun,
  subject: Subject,
  epoch: EpochSeconds,
): Promise<StagedContexts> {
  const { tree } = run.fleet;
  const { declared } = subject.node;
  const scratch = await run.state.scratch();
  const folders = new Map<string, string>();
  const sources = [["", declared.context] as const, ...Object.entries(declared.contexts)];
  try {
    for (const [index, [context, folder]] of sources.entries()) {
      if (context === PROFILE_CONTEXT) continue;
      const into = join(scratch.path, String(index));
      const entries = subject.own.files.filter((file) => file.context === context);
      await tree.stage(folder, entries, { into, epoch });
      folders.set(context, into);
    }
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  return { folders, remove: scratch.remove };
}
