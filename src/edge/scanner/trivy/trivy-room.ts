import { mkdir, mkdtemp, readdir, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { TrivyRoom } from "./run-trivy.ts";

export interface DatabaseFolders {
  readonly db: string;
  /** For JARs; undefined where there is none, and an image with JARs is then an error. */
  readonly javaDb: string | undefined;
}

/** Of what a run left that was killed. */
const FORGOTTEN_MS = 24 * 3600 * 1000;

/**
 * Makes the folders of a scan below the state folder. What a program knows of layers is taken into the room and put back
 * at its end, so that two runs at once never share it; what another program knew is removed. The database is a link in it:
 * Trivy finds it where it looks.
 */
export async function openRoom(
  state: string,
  { digest, databases }: { readonly digest: string; readonly databases: DatabaseFolders },
): Promise<TrivyRoom> {
  const parent = resolve(state);
  await mkdir(parent, { recursive: true });
  const kept = join(parent, `cache-${digest.replace("sha256:", "").slice(0, 12)}`);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (name.startsWith("cache-") && path !== kept) await rm(path, { recursive: true, force: true });
    if (name.startsWith("room-") && (await isForgotten(path)))
      await rm(path, { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(parent, "room-"));
  const room = {
    folder,
    here: join(folder, "here"),
    home: join(folder, "home"),
    config: join(folder, "trivy.yaml"),
    ignore: join(folder, "ignore"),
    layout: join(folder, "layout"),
    cache: join(folder, "cache"),
    kept,
  };
  // Where another run has it, or nobody has, this one begins anew.
  await rename(kept, room.cache).catch(() => mkdir(room.cache));
  await link(databases.db, join(room.cache, "db"));
  await link(databases.javaDb, join(room.cache, "java-db"));
  await mkdir(room.here);
  await mkdir(join(room.home, "tmp"), { recursive: true });
  await writeFile(room.config, "");
  await writeFile(room.ignore, "");
  return room;
}

/** Keeps what is known of layers, and removes the rest. */
export async function closeRoom({ cache, kept, folder }: TrivyRoom): Promise<void> {
  try {
    for (const name of ["db", "java-db"]) await rm(join(cache, name), { force: true });
    // One that another run put there in the meantime is as good.
    await rename(cache, kept).catch(() => {});
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts a layout in the place that is scanned; gives the folder that it really is. */
export async function showLayout({ layout }: TrivyRoom, folder: string): Promise<string> {
  const real = await realpath(folder);
  await link(real, layout);
  return real;
}

async function link(target: string | undefined, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (target !== undefined) await symlink(target, path);
}

async function isForgotten(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > FORGOTTEN_MS;
}
