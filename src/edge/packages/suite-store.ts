import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { IndexFile } from "../../core/advisory/suite/read-packages-index.ts";
import type { Release } from "../../core/audit/dpkg/read-release.ts";
import { type Digest, digestOf, isDigest } from "../../core/base/digest.ts";
import type { ArrivedFiles } from "./arrived-files.ts";

const ABOUT = "about.json";
/** All components of the largest suites together; a Release that lists more is not read into memory. */
const MAX_BYTES = 256 * 1024 * 1024;

const About = z.strictObject({
  version: z.literal(1),
  fetchedAt: z.number().int().nonnegative(),
  /** Of the Release, whose signature apt has seen; it proves the rest. */
  release: z.custom<Digest>((value) => typeof value === "string" && isDigest(value)),
});

/** The indexes of a suite, whole, and the Release that lists them. */
export interface KeptSuite {
  readonly release: Release;
  readonly files: readonly IndexFile[];
  readonly fetchedAt: number;
}

/**
 * What was kept of a suite, as `arrived` proves it by the Release that was kept beside it; undefined where there is none, or
 * where it is damaged: it is then fetched anew.
 */
export async function keptSuite(
  folder: string,
  arrived: (lists: string) => Promise<ArrivedFiles>,
): Promise<KeptSuite | undefined> {
  try {
    const about = About.parse(JSON.parse(await readFile(join(folder, ABOUT), "utf8")));
    const found = await arrived(folder);
    if (digestOf(await readFile(found.releasePath)) !== about.release) return undefined;
    return { ...(await contentOf(found)), fetchedAt: about.fetchedAt };
  } catch {
    return undefined;
  }
}

/** Puts what arrived in the place of what was kept before. Throws what the disk does, and where it is too large. */
export async function keepSuite(
  folder: string,
  arrived: ArrivedFiles,
  fetchedAt: number,
): Promise<KeptSuite> {
  const content = await contentOf(arrived);
  const about = { version: 1, fetchedAt, release: digestOf(await readFile(arrived.releasePath)) };
  const fresh = `${folder}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(fresh, { recursive: true });
    for (const path of [arrived.releasePath, ...arrived.paths])
      await rename(path, join(fresh, basename(path)));
    await writeFile(join(fresh, ABOUT), `${JSON.stringify(about)}\n`);
    await rm(folder, { recursive: true, force: true });
    // Another run that puts its own there in this moment has one that is as good.
    await rename(fresh, folder).catch((error: unknown) => {
      if (!isTaken(error)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { ...content, fetchedAt };
}

async function contentOf({ release, paths }: ArrivedFiles): Promise<Omit<KeptSuite, "fetchedAt">> {
  const files: IndexFile[] = [];
  let total = 0;
  for (const path of paths) {
    total += (await stat(path)).size;
    if (total > MAX_BYTES) throw new Error(`its indexes have more than ${MAX_BYTES} bytes`);
    // Without the mirror's address, which stands before it.
    const file = basename(path).split("_dists_").at(-1) ?? "";
    files.push({ file, bytes: await readFile(path) });
  }
  return { release, files };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}
