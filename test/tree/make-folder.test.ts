import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../../src/edge/tree/make-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "lapstrake-make-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a folder", () => {
  it("is made with those above it, and again without a word", () => {
    const path = join(folder, "a", "b", "c");
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it.skipIf(!existsSync("/proc/self"))(
    "that a file system refuses by ENOENT is an error, not an endless loop",
    () => {
      expect(() => makeFolder("/proc/lapstrake/state")).toThrow(
        expect.objectContaining({ code: "STATE_UNWRITABLE" }),
      );
    },
  );

  it("below a file is an error", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => makeFolder(join(folder, "file", "below"))).toThrow(
      expect.objectContaining({ code: "STATE_UNWRITABLE" }),
    );
  });
});
