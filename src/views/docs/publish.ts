import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Page } from "./pages.ts";

/** The pages under `root` that differ from what they should be; unless `isCheck`, they are written. */
export async function publish(
  root: string,
  pages: readonly Page[],
  { isCheck }: { readonly isCheck: boolean },
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { path, render } of pages) {
    const file = join(root, path);
    const text = render();
    if ((await readIfThere(file)) === text) continue;
    changed.push(path);
    if (isCheck) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return changed;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw thrown;
  }
}
