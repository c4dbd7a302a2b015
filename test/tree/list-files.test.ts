import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listFiles } from "../../src/edge/tree/list-files.ts";
import { put, scratch } from "./scratch.ts";

const paths = (
  root: string,
  ...rest: Parameters<typeof listFiles> extends [string, ...infer R] ? R : never
) => listFiles(root, ...rest).map(({ path }) => path);

describe("a listing", () => {
  test("is sorted by whole path, and has empty folders", () => {
    const root = scratch();
    put(root, { "b/x": "", "b-c": "", "b.d": "", a: "" });
    mkdirSync(join(root, "empty"));
    expect(paths(root)).toEqual(["a", "b", "b-c", "b.d", "b/x", "empty"]);
  });

  test("has type, permission bits, size and times of each entry", () => {
    const root = scratch();
    put(root, { run: "12345" });
    chmodSync(join(root, "run"), 0o4755);
    const [entry] = listFiles(root);
    expect(entry).toMatchObject({ path: "run", type: "file", mode: 0o4755, size: 5 });
    expect(entry!.mtimeNs).toBeGreaterThan(1_600_000_000n * 1_000_000_000n);
  });

  test("does not follow symlinks, whole, broken or leading out", () => {
    const root = scratch();
    put(root, { "folder/file": "" });
    symlinkSync("folder", join(root, "inside"));
    symlinkSync("/etc", join(root, "out"));
    symlinkSync("nowhere", join(root, "broken"));
    const links = listFiles(root).filter(({ type }) => type === "symlink");
    expect(links.map(({ path, target }) => [path, target])).toEqual([
      ["broken", "nowhere"],
      ["inside", "folder"],
      ["out", "/etc"],
    ]);
    expect(paths(root)).not.toContain("inside/file");
  });

  test("reports what no build can copy", () => {
    const root = scratch();
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(root, "pipe")]);
    expect(listFiles(root)[0]).toMatchObject({ path: "pipe", type: "special" });
  });

  test("follows the root itself where it is a link", () => {
    const root = scratch();
    put(root, { "real/a": "" });
    symlinkSync("real", join(root, "link"));
    expect(paths(join(root, "link"))).toEqual(["a"]);
  });
});

describe("ignore rules", () => {
  test("a pruned folder is not entered: what cannot be read in it does no harm", () => {
    const root = scratch();
    put(root, { "skip/a": "", keep: "" });
    writeFileSync(Buffer.concat([Buffer.from(`${join(root, "skip")}/`), Buffer.from([0xff])]), "");
    const ignore = {
      ignores: (path: string) => path.startsWith("skip"),
      prunes: (path: string) => path === "skip",
    };
    expect(paths(root, { ignore })).toEqual(["keep"]);
    expect(() => paths(root)).toThrowError(expect.objectContaining({ code: "TREE_PATH_ENCODING" }));
  });

  test("an ignored folder comes back with an exception below it, and only then", () => {
    const root = scratch();
    put(root, { "one/kept": "", "one/gone": "", "two/gone": "" });
    const ignore = { ignores: (path: string) => path !== "one/kept", prunes: () => false };
    expect(paths(root, { ignore })).toEqual(["one", "one/kept"]);
  });
});

describe("bad trees", () => {
  test("a name that is no UTF-8 is shown escaped", () => {
    const root = scratch();
    mkdirSync(join(root, "sub"));
    writeFileSync(Buffer.concat([Buffer.from(`${join(root, "sub")}/a\\`), Buffer.from([0xff, 0x0a])]), "");
    expect(() => listFiles(root)).toThrowError(
      expect.objectContaining({
        code: "TREE_PATH_ENCODING",
        exit: 2,
        details: { path: "sub/a\\x5c\\xff\\x0a" },
      }),
    );
  });

  test("U+FFFD itself is a good letter", () => {
    const root = scratch();
    put(root, { "odd\ufffdname": "" });
    expect(paths(root)).toEqual(["odd\ufffdname"]);
  });

  test("a link target that is no UTF-8 is refused", () => {
    const root = scratch();
    symlinkSync(Buffer.from([0x61, 0xfe]), join(root, "link"));
    expect(() => listFiles(root)).toThrowError(expect.objectContaining({ code: "TREE_PATH_ENCODING" }));
  });

  test("a missing root is the person's to mend", () => {
    expect(() => listFiles("/no/such/folder")).toThrowError(
      expect.objectContaining({ code: "TREE_MISSING", exit: 2 }),
    );
  });

  test("an aborted signal stops the walk", () => {
    const root = scratch();
    expect(() => listFiles(root, { signal: AbortSignal.abort(new Error("stop")) })).toThrow("stop");
  });

  test("a very deep tree is listed", () => {
    const root = scratch();
    let folder = root;
    while (folder.length < 3800) {
      folder = join(folder, "d");
      mkdirSync(folder);
    }
    expect(listFiles(root).length).toBeGreaterThan(1500);
    // rmSync exhausts the stack at this depth.
    execFileSync("rm", ["-r", join(root, "d")]);
  });
});
