import { setMaxListeners } from "node:events";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { EngineContainer, EngineImage } from "../../src/edge/engine/port.ts";
import { createMemoryTree, type MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { type PruneFlags, type PruneReport, prune } from "../../src/flow/prune/prune.ts";
import { type RestoreReport, restorePruned } from "../../src/flow/prune/restore.ts";
import type { World } from "../../src/flow/world.ts";
import { released } from "../flow/run.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createTestMachine, LOCAL_ENGINE, type TestMachine } from "../kit/world.ts";

// As the program does: one signal for every request.
setMaxListeners(0);

export interface PrunableMachine {
  readonly machine: TestMachine;
  /** `repository@digest` of each deletion that was asked for. */
  readonly deletions: string[];
  /** Called before each deletion. */
  onDelete: (count: number) => void | Promise<void>;
  /** The files of the state folder. */
  readonly state: Record<string, string>;
  readonly removedImages: string[];
  setEngine(content: { images?: readonly EngineImage[]; containers?: readonly EngineContainer[] }): void;
  run(flags?: Partial<PruneFlags>): Promise<PruneReport>;
  restore(file: string): Promise<RestoreReport>;
  stands(image: string, digest: Digest): Promise<boolean>;
}

/** A machine whose registry deletes by digest with all tags, as Distribution does, and whose engine removes images. */
export async function createPrunableMachine(): Promise<PrunableMachine> {
  const machine = await createTestMachine();
  const { registry } = machine;
  const gone = new Set<string>();
  const nameOf = (at: { repository: string }, digest: string): string => `${at.repository}@${digest}`;
  const alive = (at: { repository: string }, found: Descriptor | undefined): Descriptor | undefined =>
    found === undefined || gone.has(nameOf(at, found.digest)) ? undefined : found;
  const prunable: PrunableMachine = {
    machine,
    deletions: [],
    onDelete: () => {},
    state: {},
    removedImages: [],
    setEngine: (content) => {
      // An extra power of the real engine's adapter.
      const removeImage = async (name: string): Promise<"removed"> => {
        prunable.removedImages.push(name);
        return "removed";
      };
      machine.engines.set(LOCAL_ENGINE, Object.assign(createMemoryEngine(content), { removeImage }));
    },
    run: (flags = {}) =>
      prune(worldOf(prunable), {
        keep: 1,
        olderThanDays: 0,
        apply: false,
        wait: 0,
        command: "prune",
        ...flags,
      }),
    restore: (file) => restorePruned(worldOf(prunable), { file, wait: 0, command: "restore" }),
    stands: async (image, digest) => {
      const at = { host: HOST, repository: `${NAMESPACE}/${image}`, digest };
      return alive(at, await registry.resolve(at)) !== undefined;
    },
  };
  const powers = {
    resolve: async (ref: Parameters<typeof registry.resolve>[0]) => alive(ref, await registry.resolve(ref)),
    readManifest: async (ref: Parameters<typeof registry.readManifest>[0]) => {
      const stored = await registry.readManifest(ref);
      return alive(ref, stored?.descriptor) === undefined ? undefined : stored;
    },
    listTags: async (at: Parameters<typeof registry.listTags>[0]) => {
      const tags = await registry.listTags(at);
      const found = await Promise.all(tags.map((tag) => registry.resolve({ ...at, tag })));
      return tags.filter((_, index) => alive(at, found[index]) !== undefined);
    },
    putManifest: async (...given: Parameters<typeof registry.putManifest>) => {
      gone.delete(nameOf(given[0], digestOf(given[1])));
      return registry.putManifest(...given);
    },
    listReferrers: async () => [],
    deleteManifest: async (ref: { repository: string; digest?: Digest }) => {
      await prunable.onDelete(prunable.deletions.length + 1);
      const name = nameOf(ref, ref.digest ?? "");
      prunable.deletions.push(name);
      const was = !gone.has(name);
      gone.add(name);
      return was;
    },
  };
  machine.faults = powers;
  prunable.setEngine({});
  return prunable;
}

/** Three releases, each of which changes every image. */
export async function releaseThree({ machine }: { readonly machine: TestMachine }) {
  const releases = [];
  for (const word of ["one", "two", "three"]) {
    machine.files["base/etc/motd"] = `${word}\n`;
    machine.commit(word);
    machine.now += 86_400_000;
    releases.push(await released(machine));
  }
  return releases;
}

function worldOf({ machine, state }: PrunableMachine): World {
  return withStateFiles(machine.world(), machine.state.folder, state);
}

/** The world with what is below a folder in a record. */
export function withStateFiles(world: World, folder: string, state: Record<string, string>): World {
  return {
    ...world,
    tree: (root) =>
      root.startsWith(`${folder}/`)
        ? createMemoryTree({ root, files: below(state, root) })
        : world.tree(root),
    writeFile: async (path, text) => {
      if (path.startsWith(`${folder}/`)) state[path] = text;
      else await world.writeFile(path, text);
    },
  };
}

function below(files: Readonly<Record<string, MemoryFile>>, root: string): Record<string, MemoryFile> {
  const inside = Object.entries(files).filter(([path]) => path.startsWith(`${root}/`));
  return Object.fromEntries(inside.map(([path, file]) => [path.slice(root.length + 1), file]));
}
