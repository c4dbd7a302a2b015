import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { type Digest, finishDigest, isDigest } from "../../core/base/digest.ts";
import type { ArchiveRelease, KeptIndex } from "./contents-port.ts";

const ABOUT = "about.json";

const About = z.strictObject({
  version: z.literal(1),
  fetchedAt: z.number().int().nonnegative(),
  indexes: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9_.+-]{1,200}\.gz$/),
        digest: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
        bytes: z.number().int().positive(),
      }),
    )
    .min(1),
});

export interface KeptContents {
  readonly folder: string;
  readonly fetchedAt: number;
  readonly indexes: readonly KeptIndex[];
}

/** The indexes of a release as they were kept; undefined where there are none, or their record is damaged. */
export async function keptContents(
  store: string,
  release: ArchiveRelease,
): Promise<KeptContents | undefined> {
  const folder = join(store, nameOf(release));
  try {
    const { fetchedAt, indexes } = About.parse(JSON.parse(await readFile(join(folder, ABOUT), "utf8")));
    return { folder, fetchedAt, indexes };
  } catch {
    return undefined;
  }
}

/** Puts fetched indexes in the place of those before. Throws what the disk does. */
export async function keepContents(
  store: string,
  release: ArchiveRelease,
  fetched: { readonly paths: readonly string[]; readonly fetchedAt: number },
): Promise<KeptContents> {
  const folder = join(store, nameOf(release));
  const fresh = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(fresh, { recursive: true });
    const indexes: KeptIndex[] = [];
    for (const path of fetched.paths) {
      const name = indexName(path);
      const kept = join(fresh, name);
      await rename(path, kept);
      const { size } = await stat(kept);
      indexes.push({ name, digest: await digestOfFile(kept), bytes: size });
    }
    const about = { version: 1, fetchedAt: fetched.fetchedAt, indexes };
    await writeFile(join(fresh, ABOUT), `${JSON.stringify(about, undefined, 1)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return { folder, fetchedAt: fetched.fetchedAt, indexes };
  } catch (error) {
    // Another run may have put its own there in this moment, which is as good.
    const other = await keptContents(store, release);
    if (other === undefined) throw error;
    return other;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function nameOf({ distribution, suite, architecture }: ArchiveRelease): string {
  return `${distribution}-${suite}-${architecture}`;
}

/** apt puts the whole address before it; the component and what follows are enough. */
function indexName(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf("_Contents-");
  const component = at < 0 ? 0 : name.lastIndexOf("_", at - 1) + 1;
  return name.slice(component);
}

async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer); // Without an encoding it gives Buffers.
  return finishDigest(hash);
}
