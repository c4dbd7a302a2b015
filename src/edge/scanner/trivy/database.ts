import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { type Digest, finishDigest } from "../../../core/base/digest.ts";
import { messageOf } from "../../../core/base/error.ts";
import type { Environment } from "./scrubbed-environment.ts";

/** A vulnerability database of Trivy's, as it lies in a folder. */
export interface TrivyDatabase {
  /** Holds `trivy.db` and `metadata.json`. */
  readonly folder: string;
  /** Of `trivy.db`: metadata may be edited while the data stays old (aquasecurity/trivy-db#250). */
  readonly digest: Digest;
  /** Milliseconds since 1970: when it was put together. */
  readonly updatedAt: number;
  readonly schema: number;
  /** Changes when the file does. */
  readonly stamp: string;
}

const Metadata = z.object({
  Version: z.number().int().positive(),
  UpdatedAt: z.iso.datetime({ offset: true }),
});

const MAX_METADATA = 64 * 1024;
/** Every Trivy since 0.23 reads this one; the schema before it has been given up. */
const SCHEMA = 2;

/** Where Trivy itself would keep its databases: TRIVY_CACHE_DIR, else below the user's caches. Holds `db` and `java-db`. */
export function defaultCache(env: Environment): string | undefined {
  const own = env["TRIVY_CACHE_DIR"] ?? "";
  if (own !== "") return own;
  const caches = env["XDG_CACHE_HOME"] ?? "";
  if (isAbsolute(caches)) return join(caches, "trivy");
  return env["HOME"] ? join(env["HOME"], ".cache", "trivy") : undefined;
}

/** Reads what is known of a database; where it is none that could be used, why. */
export async function readDatabase(
  folder: string,
  signal: AbortSignal,
): Promise<TrivyDatabase | { readonly why: string }> {
  const file = join(folder, "trivy.db");
  try {
    const { size } = await stat(join(folder, "metadata.json"));
    if (size > MAX_METADATA) throw new Error(`metadata.json has ${size} bytes`);
    const bytes = await readFile(join(folder, "metadata.json"));
    const metadata = Metadata.safeParse(JSON.parse(bytes.toString("utf8")));
    if (!metadata.success) throw new Error("metadata.json does not say its schema and when it was made");
    const { Version: schema, UpdatedAt } = metadata.data;
    if (schema < SCHEMA) return { why: `the database of Trivy in ${folder} has the old schema ${schema}` };
    const stamp = await databaseStamp(folder);
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
      hash.update(chunk as Buffer); // Without an encoding it gives Buffers.
    return { folder, digest: finishDigest(hash), updatedAt: Date.parse(UpdatedAt), schema, stamp };
  } catch (error) {
    signal.throwIfAborted();
    return { why: `there is no database of Trivy in ${folder}: ${messageOf(error)}` };
  }
}

/** Moves when the database does: it must not while it is used. Throws where there is none. */
export async function databaseStamp(folder: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(join(folder, "trivy.db"));
  return `${size} ${mtimeMs} ${ino}`;
}
