import { describe, expect, it } from "vitest";
import type { TarEntry } from "../../src/core/audit/tar/entry.ts";
import { TarReader } from "../../src/core/audit/tar/reader.ts";
import { type TarFile, writeTar } from "../../src/core/audit/tar/write-tar.ts";
import { tarOf } from "../kit/tar-writer.ts";

const FILES: readonly TarFile[] = [
  { path: "etc", type: "directory" },
  { path: "etc/x", content: "text\n" },
  { path: "etc/ü", content: new Uint8Array(1025).fill(7), mode: 0o4755, uid: 10001, gid: 10001 },
  { path: "etc/link", type: "symlink", target: "../x" },
  { path: "etc/empty" },
  { path: "d".repeat(100) },
];

describe("an archive that we write", () => {
  it("is what another writer makes of the same files, to the byte", () => {
    const flags = { file: "0", symlink: "2", directory: "5" } as const;
    const modes = { file: 0o644, symlink: 0o777, directory: 0o755 } as const;
    const items = FILES.map(({ type = "file", ...file }) => ({
      flag: flags[type],
      mode: modes[type],
      ...file,
    }));
    expect(Buffer.from(writeTar(FILES)).equals(tarOf(items))).toBe(true);
  });

  it("is read back as it was", () => {
    const entries: TarEntry[] = [];
    const contents: number[] = [];
    const reader = new TarReader((entry) => {
      entries.push(entry);
      return { data: (piece) => void contents.push(...piece), end: () => {} };
    });
    reader.write(writeTar(FILES));
    reader.end();
    expect(
      entries.map(({ path, type, mode, uid, gid, size, target }) => [
        path,
        type,
        mode,
        uid,
        gid,
        size,
        target,
      ]),
    ).toEqual([
      ["etc", "directory", 0o755, 0, 0, 0, ""],
      ["etc/x", "file", 0o644, 0, 0, 5, ""],
      ["etc/ü", "file", 0o4755, 10001, 10001, 1025, ""],
      ["etc/link", "symlink", 0o777, 0, 0, 0, "../x"],
      ["etc/empty", "file", 0o644, 0, 0, 0, ""],
      ["d".repeat(100), "file", 0o644, 0, 0, 0, ""],
    ]);
    expect(contents).toHaveLength(5 + 1025);
  });

  it.each<readonly [string, TarFile]>([
    ["a long name", { path: "d".repeat(101) }],
    ["a long name in UTF-8", { path: "ü".repeat(51) }],
    ["a long link", { path: "x", type: "symlink", target: "d".repeat(101) }],
    ["a large owner", { path: "x", uid: 0o10000000 }],
  ])("has no form for %s, and says so", (_what, file) => {
    expect(() => writeTar([file])).toThrow(RangeError);
  });
});
