import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { requireEngine } from "../kit/engine.ts";
import { commitFolder } from "../kit/generated-commit.ts";
import { startProgram } from "../kit/program.ts";

const engine = await requireEngine();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** One image of one file that was saved at this time (seconds since 1970), of one commit, in a namespace of its own. */
async function buildSavedAt(seconds: number, run: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "lapstrake-saved-"));
  folders.push(folder);
  const blueprint =
    "version: 1\nfleet: saved\nregistry: local/saved\nimages:\n  one: { dockerfile: Dockerfile, context: . }\n";
  writeFileSync(join(folder, "lapstrake.yaml"), blueprint);
  writeFileSync(join(folder, "lapstrake.lock"), "version: 1\nroots: {}\nindex: {}\n");
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\nCOPY file.txt /\n");
  writeFileSync(join(folder, "file.txt"), `saved at some time, in run ${run}\n`);
  commitFolder(folder, "one", 1_700_000_000);
  utimesSync(join(folder, "file.txt"), seconds, seconds);
  const env = { ORG: `saved-${run}-${seconds}` };
  const ended = await startProgram(["build", "--no-cache", "--json", "-C", folder], { env }).ended;
  expect(ended.code, ended.err).toBe(0);
  const { images } = JSON.parse(ended.out) as { images: { state: string; digest: string }[] };
  expect(images.map(({ state }) => state)).toEqual(["built"]);
  return images[0]?.digest ?? "";
}

describe.skipIf(engine === undefined)("when a file was saved", () => {
  it("does not decide what is built, be it before or after its commit", async () => {
    const run = Date.now().toString(36);
    const before = await buildSavedAt(1_000_000_000, run);
    const after = await buildSavedAt(1_750_000_000, run);
    expect(before).toMatch(/^sha256:/);
    expect(after).toBe(before);
  });
});
