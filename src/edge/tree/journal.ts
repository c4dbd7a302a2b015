import { readFileSync } from "node:fs";
import { type Digest, isDigest } from "../../core/base/digest.ts";
import type { Journal, JournalEntry } from "./port.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

const VERSION = 1;
const SIZE_LIMIT = 64 * 1024 * 1024;
/** Identities kept of one repository, the newest ones: enough for some branches, and bounded. */
const PER_REPOSITORY = 20;

/** Identities of one repository, the latest last. */
type Shelf = Map<Digest, JournalEntry>;

/** The journal in this file; an empty one where there is none, or where it is damaged. */
export function openJournal(file: string): Journal {
  return createJournal(readShelves(file), (text) => writeFileAtomic(file, text));
}

/** A journal that is kept nowhere. */
export function createMemoryJournal(): Journal {
  return createJournal(new Map(), () => Promise.resolve());
}

function createJournal(shelves: Map<string, Shelf>, write: (text: string) => Promise<void>): Journal {
  let changed = false;
  return {
    get: (repository, identity) => shelves.get(repository)?.get(identity),
    set(repository, identity, entry) {
      const shelf = shelves.get(repository) ?? new Map();
      const known = shelf.get(identity);
      if (known?.digest === entry.digest && known.durationMs === entry.durationMs) return;
      shelf.delete(identity);
      shelf.set(identity, entry);
      shelves.set(repository, shelf);
      changed = true;
    },
    delete(repository, identity) {
      if (shelves.get(repository)?.delete(identity)) changed = true;
    },
    lastDuration: (repository) =>
      [...(shelves.get(repository)?.values() ?? [])].findLast(({ durationMs }) => durationMs > 0)?.durationMs,
    async save() {
      if (!changed) return;
      await write(render(shelves));
      changed = false;
    },
  };
}

function render(shelves: ReadonlyMap<string, Shelf>): string {
  const repositories = [...shelves].map(([repository, shelf]) => [
    repository,
    [...shelf].slice(-PER_REPOSITORY).map(([identity, entry]) => [identity, entry.digest, entry.durationMs]),
  ]);
  return `${JSON.stringify({ version: VERSION, repositories })}\n`;
}

function readShelves(file: string): Map<string, Shelf> {
  try {
    const text = readFileSync(file);
    return text.length > SIZE_LIMIT ? new Map() : parseShelves(JSON.parse(text.toString("utf8")));
  } catch {
    return new Map();
  }
}

/** Throws for anything that is not as `render` writes it: half a journal could send a build to a wrong parent. */
function parseShelves(value: unknown): Map<string, Shelf> {
  const { version, repositories } = Object(value) as { version?: unknown; repositories?: unknown };
  if (version !== VERSION) throw new TypeError("another version");
  return new Map(
    pairs(repositories).map(([repository, rows]) => {
      if (typeof repository !== "string") throw new TypeError("no repository");
      return [repository, new Map(list(rows).map(parseRow))];
    }),
  );
}

function parseRow(row: unknown): [Digest, JournalEntry] {
  const [identity, digest, durationMs] = list(row);
  if (typeof identity !== "string" || typeof digest !== "string" || typeof durationMs !== "number") {
    throw new TypeError("no journal row");
  }
  if (!isDigest(identity) || !isDigest(digest)) throw new TypeError("no digest");
  return [identity, { digest, durationMs }];
}

function pairs(value: unknown): (readonly [unknown, unknown])[] {
  return list(value).map((pair) => {
    const [first, second] = list(pair);
    return [first, second];
  });
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("expected a list");
  return value;
}
