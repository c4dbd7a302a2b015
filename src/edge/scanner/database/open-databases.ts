import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../core/base/clock.ts";
import { type Digest, shortDigest } from "../../../core/base/digest.ts";
import { adviceOf } from "../../../core/base/error.ts";
import { digestOfExport } from "../exports/digest-of-export.ts";
import { createOsvSource } from "../osv.ts";
import { chooseDatabase, isOfSame, keepOf, missing, withEntry } from "./choose-database.ts";
import { DatabaseError, databaseFailure } from "./error.ts";
import { type Download, fetchSource, refuseChanged } from "./fetch-source.ts";
import { importExports } from "./import-exports.ts";
import { openPack } from "./pack-reader.ts";
import type {
  AdvisoryDatabase,
  AdvisoryDatabases,
  DatabaseCheck,
  DatabaseOptions,
  ImportResult,
  KeptDatabase,
} from "./port.ts";
import { type StateEntry, StateFile, type StateKey } from "./state-file.ts";

export interface DatabasesOptions {
  /** In the state folder. */
  readonly folder: string;
  readonly clock: Clock;
  /** Of Lapstrake: reports say what matched. */
  readonly version: string;
  readonly key: StateKey;
  readonly download: Download;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Runs it while no other process on this machine changes the databases. */
  exclusive<Result>(work: () => Promise<Result>, options: DatabaseOptions): Promise<Result>;
}

/** The databases below this folder: `databases.json`, and a folder for each in `packs`, named by the digest of its index. */
export function openDatabases(options: DatabasesOptions): AdvisoryDatabases {
  const { folder, key, write, version } = options;
  const kept = new Kept(options, new StateFile(join(folder, "databases.json"), key, write));
  const open: AdvisoryDatabases["open"] = async (choice, asked = {}) => {
    const entries = await kept.read();
    if (choice.export === undefined) return kept.open(chooseDatabase(entries, choice));
    const entry = await kept.readExport(entries, choice.export, asked);
    if (choice.digest !== undefined && choice.digest !== entry.digest) throw missing(choice, [entry]);
    return kept.open(entry);
  };
  return {
    list: async () => (await kept.read()).map(publicOf),
    update: (sources, asked = {}) => kept.update(sources, asked),
    verify: () => kept.verify(),
    open,
    source: (choice, asOf) => createOsvSource({ version, asOf, open: (signal) => open(choice, { signal }) }),
  };
}

const WORK = "work-";

class Kept {
  readonly #options: DatabasesOptions;
  readonly #state: StateFile;

  constructor(options: DatabasesOptions, state: StateFile) {
    this.#options = options;
    this.#state = state;
  }

  read(): Promise<readonly StateEntry[]> {
    return this.#state.read();
  }

  async open(entry: StateEntry): Promise<AdvisoryDatabase> {
    const pack = await openPack(this.#packOf(entry.index), entry.index);
    return { about: publicOf(entry), load: pack.load, close: pack.close };
  }

  /** As it was read before, where its bytes are the same. */
  async readExport(
    entries: readonly StateEntry[],
    path: string,
    options: DatabaseOptions,
  ): Promise<StateEntry> {
    const bytes = await digestOfExport(path, options.signal);
    const known = entries.find(({ sources }) => sources.length === 1 && sources[0]?.bytes === bytes);
    // Another clone of the fleet may have it elsewhere.
    if (known !== undefined) return { ...known, sources: [{ from: path, bytes }] };
    const { entry } = await this.#import([path], "export", options);
    return entry;
  }

  async update(sources: readonly string[], options: DatabaseOptions): Promise<ImportResult> {
    const { entry, before } = await this.#import(sources, "update", options);
    return { database: publicOf(entry), before: before === undefined ? undefined : publicOf(before) };
  }

  async verify(): Promise<readonly DatabaseCheck[]> {
    const checks: DatabaseCheck[] = [];
    for (const entry of await this.read())
      checks.push({ database: publicOf(entry), wrong: await this.#wrongOf(entry) });
    return checks;
  }

  async #wrongOf({ index }: StateEntry): Promise<string | undefined> {
    try {
      const pack = await openPack(this.#packOf(index), index);
      try {
        await pack.verify();
        return undefined;
      } finally {
        await pack.close();
      }
    } catch (thrown) {
      return adviceOf(thrown);
    }
  }

  #import(
    sources: readonly string[],
    purpose: KeptDatabase["purpose"],
    options: DatabaseOptions,
  ): Promise<{ readonly entry: StateEntry; readonly before: StateEntry | undefined }> {
    return this.#options.exclusive(async () => {
      const work = await this.#workFolder();
      try {
        return await this.#importInto(work, sources, { ...options, purpose });
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    }, options);
  }

  async #importInto(
    work: string,
    sources: readonly string[],
    { purpose, signal }: DatabaseOptions & Pick<KeptDatabase, "purpose">,
  ): Promise<{ readonly entry: StateEntry; readonly before: StateEntry | undefined }> {
    const { download, clock } = this.#options;
    const fetched = [];
    for (const [number, from] of sources.entries())
      fetched.push(await fetchSource(from, join(work, `export-${number}`), { download, signal }));
    const pack = join(work, "pack");
    await mkdir(pack);
    const now = clock();
    const paths = fetched.map(({ path }) => path);
    const { head, index } = await importExports(paths, { folder: pack, now, signal });
    for (const source of fetched) await refuseChanged(source, signal);
    const { digest, records, newest, ecosystems } = head;
    const origins = fetched.map(({ from, bytes }) => ({ from, bytes }));
    const about = { digest, records, newest, ecosystems, sources: origins, purpose };
    const entry: StateEntry = { ...about, index, importedAt: now };
    await this.#keep(pack, entry);
    const known = await this.#readOrForget();
    const before = known.find((each) => isOfSame(each, entry));
    await this.#state.write(keepOf(withEntry(known, entry)));
    await this.#removeOthers();
    return { entry, before };
  }

  /** A list that somebody changed is no list: this is what mends it, as its error says. */
  async #readOrForget(): Promise<readonly StateEntry[]> {
    try {
      return await this.read();
    } catch (thrown) {
      if (thrown instanceof DatabaseError && thrown.code === "DATABASE_CHANGED") return [];
      throw thrown;
    }
  }

  /** Moved in as a whole. One of the same name may be damaged, so that the new one takes its place. */
  async #keep(pack: string, { index }: StateEntry): Promise<void> {
    const place = this.#packOf(index);
    await rm(place, { recursive: true, force: true });
    await rename(pack, place).catch((thrown: unknown) => {
      throw databaseFailure(place, thrown, "write");
    });
  }

  async #removeOthers(): Promise<void> {
    const packs = join(this.#options.folder, "packs");
    const named = new Set((await this.read()).map(({ index }) => nameOf(index)));
    for (const name of await readdir(packs))
      if (!named.has(name)) await rm(join(packs, name), { recursive: true, force: true });
  }

  async #workFolder(): Promise<string> {
    const { folder } = this.#options;
    try {
      await mkdir(join(folder, "packs"), { recursive: true });
      // What a killed run left behind: nobody else can be at work now.
      for (const name of await readdir(folder))
        if (name.startsWith(WORK)) await rm(join(folder, name), { recursive: true, force: true });
      return await mkdtemp(join(folder, WORK));
    } catch (thrown) {
      throw databaseFailure(folder, thrown, "write");
    }
  }

  #packOf(index: Digest): string {
    return join(this.#options.folder, "packs", nameOf(index));
  }
}

function nameOf(index: Digest): string {
  return shortDigest(index, 64);
}

/** Without what only this folder needs. */
function publicOf(entry: StateEntry): KeptDatabase {
  const { digest, records, newest, importedAt, ecosystems, sources, purpose } = entry;
  return { digest, records, newest, importedAt, ecosystems, sources, purpose };
}
