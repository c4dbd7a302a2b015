import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const LIBRARY = "import sysconfig; print(sysconfig.get_paths()['stdlib'])";
const stdlib = spawnSync("python3", ["-c", LIBRARY], { encoding: "utf8" }).stdout.trim();

/** Paths of the sources of CPython's library under a folder of it, its tests included: those have what nobody writes. */
export function pythonLibrary(folder: string): readonly string[] {
  return readdirSync(join(stdlib, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py") && !name.includes("site-packages/"))
    .sort()
    .map((name) => join(stdlib, folder, name));
}
