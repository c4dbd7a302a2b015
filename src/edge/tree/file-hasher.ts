import { join } from "node:path";
import type { Clock } from "../../core/base/clock.ts";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import { hashFile } from "./hash-file.ts";
import type { TreeEntry } from "./port.ts";
import { StatCache } from "./stat-cache.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

export interface FileHasher {
  /** Digests of files (content) and symlinks (text of the target) by entry path; `root` is absolute. */
  hash(
    root: string,
    entries: readonly TreeEntry[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Digest>>;
  save(): Promise<void>;
}

export interface FileHasherOptions {
  /** Where digests are kept between runs; nothing is kept without one. */
  readonly cacheFile?: string;
  readonly clock: Clock;
}

/** Hashes files, and reads only those again whose size, times or inode changed since they were hashed. */
export function createFileHasher(options: FileHasherOptions): FileHasher {
  const { cacheFile, clock } = options;
  let loaded: StatCache | undefined;
  const cache = (): StatCache => {
    loaded ??= cacheFile === undefined ? new StatCache() : StatCache.read(cacheFile);
    return loaded;
  };
  // What this run has read itself: believed even where it is too fresh for the next run.
  const read = new Map<string, Digest>();

  const digestOfFile = async (path: string, entry: TreeEntry, signal?: AbortSignal): Promise<Digest> => {
    const key = `${path}\0${entry.size}\0${entry.mtimeNs}\0${entry.ctimeNs}\0${entry.inode}`;
    const known = read.get(key) ?? cache().get(path, entry);
    if (known !== undefined) return known;
    const readAtNs = BigInt(Math.floor(clock())) * 1_000_000n;
    const { digest, facts } = await hashFile(path, entry.size, signal);
    cache().set(path, facts, { digest, readAtNs });
    read.set(key, digest);
    return digest;
  };

  return {
    async hash(root, entries, signal) {
      const digests = new Map<string, Digest>();
      for (const entry of entries) {
        if (entry.type === "file") {
          digests.set(entry.path, await digestOfFile(join(root, entry.path), entry, signal));
        } else if (entry.type === "symlink") {
          digests.set(entry.path, digestOf(entry.target ?? ""));
        }
      }
      return digests;
    },
    async save() {
      if (cacheFile === undefined || loaded?.changed !== true) return;
      await writeFileAtomic(cacheFile, loaded.render());
    },
  };
}
