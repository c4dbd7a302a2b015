import { posix } from "node:path";
import { digestOf } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { LockFacts, NamedFile, ReadFile } from "../../core/policy/locks/lock-facts.ts";
import { readLockHeader } from "../../core/policy/locks/lock-header.ts";
import { joinInside, namedFiles } from "../../core/policy/locks/named-files.ts";
import { optionValues, parseRequirementsFile } from "../../core/policy/locks/requirements-file.ts";
import type { WorkingTree } from "../../edge/tree/port.ts";

/** Locks include each other by `-r`; more than these is no lock that anybody wrote. */
const MAX_FILES = 100;

export interface LockReader {
  /** Undefined where there is no such file, or none that can be read. */
  read(path: string): Promise<LockFacts | undefined>;
}

/** Reads locks and what they were made of, each file once. */
export function createLockReader(tree: WorkingTree): LockReader {
  const files = new Map<string, Promise<ReadFile | undefined>>();
  const locks = new Map<string, Promise<LockFacts | undefined>>();
  const readFile = (path: string): Promise<ReadFile | undefined> => once(files, path, () => load(tree, path));
  return { read: (path) => once(locks, path, () => readFacts(readFile, path)) };
}

type ReadOne = (path: string) => Promise<ReadFile | undefined>;

async function readFacts(readFile: ReadOne, path: string): Promise<LockFacts | undefined> {
  const lock = await readFile(path);
  if (lock === undefined) return undefined;
  const header = readLockHeader(lock.file);
  const named: NamedFile[] = [];
  for (const { role, written, places } of namedFiles(lock.file, header)) {
    named.push({ role, written, read: await firstOf(readFile, places.filter(isRequirements)) });
  }
  const parts = await included(readFile, lock);
  return {
    lock,
    requirements: [lock, ...parts].flatMap(({ file }) => file.requirements),
    header,
    named: [...named, ...(await nested(readFile, named))],
  };
}

/** A project's metadata names requirements too, in another language. */
function isRequirements(path: string): boolean {
  return /\.(?:in|txt|lock)$/.test(path);
}

async function firstOf(readFile: ReadOne, places: readonly string[]): Promise<ReadFile | undefined> {
  for (const place of places) {
    const read = await readFile(place);
    if (read !== undefined) return read;
  }
  return undefined;
}

/** The files that a lock includes by `-r`, at any depth. */
async function included(readFile: ReadOne, lock: ReadFile): Promise<readonly ReadFile[]> {
  const found = new Map([[lock.path, lock]]);
  for (const { path, file } of found.values()) {
    for (const { value } of optionValues(file, "--requirement")) {
      const place = joinInside(posix.dirname(path), value);
      const read = place === undefined || found.size > MAX_FILES ? undefined : await readFile(place);
      if (read !== undefined) found.set(read.path, read);
    }
  }
  return [...found.values()].slice(1);
}

/** What the inputs name by `-r` and `-c` in their turn. */
async function nested(readFile: ReadOne, named: readonly NamedFile[]): Promise<readonly NamedFile[]> {
  const seen = new Set(named.flatMap(({ read }) => read?.path ?? []));
  const open = named.filter(({ role }) => role === "input");
  const found: NamedFile[] = [];
  for (let each = open.pop(); each !== undefined && found.length < MAX_FILES; each = open.pop()) {
    if (each.read === undefined) continue;
    for (const [option, role] of [
      ["--requirement", "input"],
      ["--constraint", "constraint"],
    ] as const) {
      for (const { value } of optionValues(each.read.file, option)) {
        const place = joinInside(posix.dirname(each.read.path), value);
        if (place !== undefined && seen.has(place)) continue;
        seen.add(place ?? value);
        const next: NamedFile = {
          role,
          written: value,
          read: place === undefined ? undefined : await readFile(place),
        };
        found.push(next);
        if (role === "input") open.push(next);
      }
    }
  }
  return found;
}

async function load(tree: WorkingTree, path: string): Promise<ReadFile | undefined> {
  try {
    const bytes = await tree.read(path);
    if (bytes === undefined) return undefined;
    return {
      path,
      digest: digestOf(bytes),
      file: parseRequirementsFile(new TextDecoder().decode(bytes), path),
    };
  } catch (error) {
    // A folder, or more than anybody's lock: for us it is not there, and what needed it says so.
    if (error instanceof LapstrakeError) return undefined;
    throw error;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
