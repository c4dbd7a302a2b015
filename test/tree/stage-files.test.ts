import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stageFiles } from "../../src/edge/tree/stage-files.ts";

const folder = mkdtempSync(join(tmpdir(), "lapstrake-stage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EPOCH = 1_700_000_000;
const from = join(folder, "from");
mkdirSync(join(from, "app", "bin"), { recursive: true });
writeFileSync(join(from, "app", "bin", "run"), "#!/bin/sh\n");
chmodSync(join(from, "app", "bin", "run"), 0o755);
writeFileSync(join(from, "app", "secret.txt"), "not copied");
symlinkSync("bin/run", join(from, "app", "start"));
// Saved long before any commit: BuildKit would keep this time.
utimesSync(join(from, "app", "bin", "run"), 1_000_000_000, 1_000_000_000);

describe("staged files", () => {
  it("are exactly the entries, with their modes, all times at the epoch", async () => {
    const into = join(folder, "into");
    await stageFiles(
      [
        { path: "app", type: "directory", mode: 0o750 },
        { path: "app/bin/run", type: "file", mode: 0o755 },
        { path: "app/start", type: "symlink", mode: 0o777 },
        { path: "empty", type: "directory", mode: 0o700 },
      ],
      { from, into, epoch: EPOCH },
    );
    const facts = (path: string) => {
      const stats = lstatSync(join(into, path));
      return [stats.mode & 0o7777, stats.mtimeMs / 1000];
    };
    expect(facts("app/bin/run")).toEqual([0o755, EPOCH]);
    expect(facts("app")).toEqual([0o750, EPOCH]);
    expect(facts("app/bin")).toEqual([0o755, EPOCH]);
    expect(facts("empty")).toEqual([0o700, EPOCH]);
    expect(facts("app/start")[1]).toBe(EPOCH);
    expect(readlinkSync(join(into, "app/start"))).toBe("bin/run");
    expect(readFileSync(join(into, "app/bin/run"), "utf8")).toBe("#!/bin/sh\n");
    expect(lstatSync(join(into, "app/secret.txt"), { throwIfNoEntry: false })).toBeUndefined();
  });

  it("that went away are an error that says so", async () => {
    const staged = stageFiles([{ path: "gone", type: "file", mode: 0o644 }], {
      from,
      into: join(folder, "b"),
      epoch: EPOCH,
    });
    await expect(staged).rejects.toMatchObject({ code: "TREE_CHANGING" });
  });
});
