import { join } from "node:path";
import { type Digest, digestOf, isDigest } from "../../core/base/digest.ts";
import type { EngineItem } from "../../core/inventory/reach/engine-leftovers.ts";
import type { FleetState, World } from "../world.ts";
import { PruneError } from "./error.ts";

/** One deletion, by digest. */
export interface PruneStep {
  readonly host: string;
  readonly repository: string;
  readonly digest: Digest;
}

/** What is needed to put it back: its package's version, or while its blobs are there, PUT the bytes under the digest and under each tag. */
export interface RestoreItem extends PruneStep {
  readonly mediaType: string;
  readonly tags: readonly string[];
  /** Where its host lists packages: the version that it restores within thirty days, with its blobs. */
  readonly packageVersion?: number;
  /** Base64. */
  readonly manifest: string;
}

/** Written before the first deletion. To restore, go from the last item to the first: children before their index. */
export interface RestoreList {
  readonly version: 1;
  readonly fleet: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly items: readonly RestoreItem[];
  /** Images that engines had; they can be pulled again once their manifests are restored. */
  readonly engines: readonly Pick<EngineItem, "engine" | "id" | "names">[];
}

interface Progress {
  readonly version: 1;
  /** The restore list's file, beside this one. */
  readonly restore: string;
  readonly steps: number;
  readonly done: number;
}

const FOLDER = "prune";
const PROGRESS = "progress.json";
/** Bytes of a restore list that are read. */
export const RESTORE_LIMIT = 512 * 1024 * 1024;

/** What an interrupted run did not delete; nothing where none was interrupted. PRUNE_JOURNAL where it is damaged. */
export async function readPending(world: World, state: FleetState): Promise<readonly PruneStep[]> {
  const progress = await readJson(world, state, PROGRESS);
  if (progress === undefined) return [];
  const { restore, done } = Object(progress) as Record<keyof Progress, unknown>;
  if (typeof restore !== "string" || typeof done !== "number" || !/^[\w.-]+$/.test(restore))
    throw damaged(PROGRESS);
  const { items } = Object(await readJson(world, state, restore)) as { items?: unknown };
  if (!Array.isArray(items)) throw damaged(restore);
  return items.slice(done).map((item: unknown) => {
    const { host, repository, digest } = Object(item) as Record<keyof PruneStep, unknown>;
    if (
      typeof host === "string" &&
      typeof repository === "string" &&
      typeof digest === "string" &&
      isDigest(digest)
    ) {
      return { host, repository, digest };
    }
    throw damaged(restore);
  });
}

export interface PruneJournal {
  /** Where the restore list is. */
  readonly restoreFile: string;
  /** Of its text. */
  readonly restoreDigest: Digest;
  /** Call after each step, in order. */
  stepDone(): Promise<void>;
}

/** Writes the restore list and begins to count. */
export async function openPruneJournal(
  world: World,
  state: FleetState,
  list: RestoreList,
): Promise<PruneJournal> {
  const restore = `restore-${list.time.replaceAll(/[:.]/g, "-")}.json`;
  const folder = join(state.folder, FOLDER);
  const write = (done: number): Promise<void> => {
    const progress: Progress = { version: 1, restore, steps: list.items.length, done };
    return world.writeFile(join(folder, PROGRESS), `${JSON.stringify(progress)}\n`);
  };
  const text = `${JSON.stringify(list, null, 2)}\n`;
  await world.writeFile(join(folder, restore), text);
  await write(0);
  let done = 0;
  return {
    restoreFile: join(folder, restore),
    restoreDigest: digestOf(text),
    stepDone: () => {
      done += 1;
      return write(done);
    },
  };
}

async function readJson(world: World, state: FleetState, name: string): Promise<unknown> {
  const bytes = await world.tree(join(state.folder, FOLDER)).read(name, RESTORE_LIMIT);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damaged(name, cause);
  }
}

function damaged(name: string, cause?: unknown): PruneError {
  return new PruneError("PRUNE_JOURNAL", `${FOLDER}/${name} in the fleet's state folder is damaged`, {
    cause,
    hint: "move it away: the next run then sees what tags still lead to, and no more",
  });
}
