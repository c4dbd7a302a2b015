import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TarReader } from "../../src/core/audit/tar/reader.ts";
import { listTar, type TarLine } from "./tar-listing.ts";

describe("the real tar's archives", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tar-"));
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "deep/".repeat(30)), { recursive: true });
    writeFileSync(join(tree, "deep/".repeat(30), `${"n".repeat(90)}.txt`), "deep");
    writeFileSync(join(tree, "empty"), "");
    writeFileSync(join(tree, "exact"), "x".repeat(1024));
    writeFileSync(join(tree, "ünï-cödé"), "u");
    writeFileSync(join(tree, "setuid"), "s");
    chmodSync(join(tree, "setuid"), 0o4711);
    linkSync(join(tree, "exact"), join(tree, "second-name"));
    symlinkSync("t".repeat(180), join(tree, "long-link"));
    symlinkSync("exact", join(tree, "short-link"));
    writeFileSync(join(tree, "holes"), "begin");
    truncateSync(join(tree, "holes"), 40 * 1024 * 1024);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // v7 and ustar have no place for the long names and links: tar leaves those out and says so.
  it.each([
    "gnu",
    "pax",
    "ustar",
    "v7",
    "gnu --sparse",
    "posix --sparse --sparse-version=0.0",
    "posix --sparse --sparse-version=0.1",
    "posix --sparse --sparse-version=1.0",
  ])("of the format %s are read as tar itself reads them", async (format) => {
    const file = join(folder, "a.tar");
    const [name = "", ...flags] = format.split(" ");
    // Exit 2 where it left names out.
    const made = spawnSync("tar", [`--format=${name}`, ...flags, "-cf", file, "-C", folder, "tree"]);
    expect([0, 2]).toContain(made.status);
    const bytes = readFileSync(file);
    const mine: TarLine[] = [];
    const reader = new TarReader(({ path, type, mode, uid, gid, size, target }) => {
      mine.push({ path: path.replace(/\/$/, ""), type, mode, uid, gid, size, target });
      return undefined;
    });
    reader.write(bytes);
    reader.end();
    const theirs = await listTar(["tar", "-f", file]);
    expect(theirs.length).toBeGreaterThan(20);
    expect(mine).toEqual(theirs);
  });
});
