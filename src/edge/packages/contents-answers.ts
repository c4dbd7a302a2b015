import { randomBytes } from "node:crypto";
import { readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Supplier } from "../../core/audit/dpkg/contents-scan.ts";
import { digestOf } from "../../core/base/digest.ts";

const FILE = "answers.json";
/** A pass over an index takes seconds; what is asked again is mostly the same. */
const MAX_NAMES = 20_000;

type Answers = ReadonlyMap<string, readonly Supplier[]>;

/**
 * What was found in indexes before. `key` names the indexes by their digests, so that answers of others are none; the first
 * line is the digest of the rest, so that a damaged file is none either.
 */
export async function knownAnswers(folder: string, key: string): Promise<Answers> {
  try {
    const text = await readFile(join(folder, FILE), "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== digestOf(`${key}\n${body}`)) return new Map();
    // Written by `keepAnswers` alone: the digest says so.
    return new Map(JSON.parse(body) as readonly (readonly [string, readonly Supplier[]])[]);
  } catch {
    return new Map();
  }
}

/** A disk that cannot be written makes the next question slower, not wrong. */
export async function keepAnswers(folder: string, key: string, answers: Answers): Promise<void> {
  if (answers.size > MAX_NAMES) return;
  const body = JSON.stringify([...answers]);
  const temporary = join(folder, `${FILE}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  try {
    await writeFile(temporary, `${digestOf(`${key}\n${body}`)}\n${body}`);
    await rename(temporary, join(folder, FILE));
  } catch {
    await unlink(temporary).catch(() => {});
  }
}
