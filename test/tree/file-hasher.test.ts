import {
  appendFileSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { createFileHasher } from "../../src/edge/tree/file-hasher.ts";
import { listFiles } from "../../src/edge/tree/list-files.ts";
import { StatCache } from "../../src/edge/tree/stat-cache.ts";
import { put, scratch } from "./scratch.ts";

/** Far enough after the files were written that nothing is racy. */
const later = (): number => Date.now() + 10_000;

async function hashAll(root: string, cacheFile: string, clock = later) {
  const hasher = createFileHasher({ cacheFile, clock });
  const digests = await hasher.hash(root, listFiles(root));
  await hasher.save();
  return digests;
}

describe("digests", () => {
  test("are of content for files, of the target for links, and none for folders", async () => {
    const root = scratch();
    put(root, { "folder/file": "content", big: "x".repeat(300_000), empty: "" });
    symlinkSync("folder/file", join(root, "link"));
    const digests = await createFileHasher({ clock: later }).hash(root, listFiles(root));
    expect(Object.fromEntries(digests)).toEqual({
      "folder/file": digestOf("content"),
      big: digestOf("x".repeat(300_000)),
      empty: digestOf(""),
      link: digestOf("folder/file"),
    });
  });

  test("of a file at the border between small and big", async () => {
    const root = scratch();
    const sizes = [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1];
    for (const size of sizes) put(root, { [`f${size}`]: "y".repeat(size) });
    const digests = await createFileHasher({ clock: later }).hash(root, listFiles(root));
    for (const size of sizes) expect(digests.get(`f${size}`)).toBe(digestOf("y".repeat(size)));
  });

  test("of two gigabytes take bounded memory", async () => {
    const root = scratch();
    put(root, { huge: "" });
    truncateSync(join(root, "huge"), 2 * 1024 ** 3);
    const before = process.memoryUsage();
    const digests = await createFileHasher({ clock: later }).hash(root, listFiles(root));
    const after = process.memoryUsage();
    // sha256 of 2 GiB of zeros, by sha256sum.
    expect(digests.get("huge")).toBe(
      "sha256:a7c744c13cc101ed66c29f672f92455547889cc586ce6d44fe76ae824958ea51",
    );
    expect(after.rss - before.rss).toBeLessThan(100 * 1024 * 1024);
  }, 60_000);

  test("can be aborted in the middle of a big file", async () => {
    const root = scratch();
    put(root, { huge: "" });
    truncateSync(join(root, "huge"), 2 * 1024 ** 3);
    const hashing = createFileHasher({ clock: later }).hash(root, listFiles(root), AbortSignal.timeout(50));
    await expect(hashing).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("a file that goes away after the listing is an error of its own", async () => {
    const root = scratch();
    put(root, { a: "" });
    const entries = listFiles(root);
    renameSync(join(root, "a"), join(root, "b"));
    await expect(createFileHasher({ clock: later }).hash(root, entries)).rejects.toMatchObject({
      code: "TREE_MISSING",
    });
  });
});

describe("the stat cache", () => {
  test("is believed for files that did not change (canary: a forged cache is seen to be used)", async () => {
    const root = scratch();
    const cacheFile = join(scratch(), "stat-cache");
    put(root, { a: "one" });
    await hashAll(root, cacheFile);
    const forged = digestOf("forged");
    const [header, body = ""] = readFileSync(cacheFile, "utf8").split("\n");
    const text = body.replace(digestOf("one"), forged);
    writeFileSync(cacheFile, `${header!.split(" ").slice(0, 2).join(" ")} ${digestOf(text)}\n${text}`);
    expect((await hashAll(root, cacheFile)).get("a")).toBe(forged);
  });

  test.each([
    [
      "content of the same size and mtime",
      (path: string) => {
        writeFileSync(path, "two");
        utimesSync(path, 1_000_000, 1_000_000);
      },
    ],
    [
      "another file of the same size and mtime in its place",
      (path: string) => {
        writeFileSync(`${path}.new`, "two");
        utimesSync(`${path}.new`, 1_000_000, 1_000_000);
        renameSync(`${path}.new`, path);
      },
    ],
    ["more content", (path: string) => appendFileSync(path, "more")],
  ])("notices %s", async (_, change) => {
    const root = scratch();
    const cacheFile = join(scratch(), "stat-cache");
    put(root, { a: "one" });
    utimesSync(join(root, "a"), 1_000_000, 1_000_000);
    await hashAll(root, cacheFile);
    change(join(root, "a"));
    expect((await hashAll(root, cacheFile)).get("a")).toBe(digestOf(readFileSync(join(root, "a"))));
  });

  test("does not keep a file that changed just before it was read: it may change again within the tick", () => {
    const facts = { size: 1, mtimeNs: 5_000_000_000n, ctimeNs: 5_000_000_000n, inode: 1n };
    const digest = digestOf("x");
    const cache = new StatCache();
    cache.set("/fresh", facts, { digest, readAtNs: 6_900_000_000n });
    cache.set("/settled", facts, { digest, readAtNs: 7_200_000_000n });
    cache.set("/future", { ...facts, mtimeNs: 9_000_000_000_000n }, { digest, readAtNs: 7_200_000_000n });
    expect(cache.get("/fresh", facts)).toBeUndefined();
    expect(cache.get("/settled", facts)).toBe(digest);
    expect(cache.get("/future", { ...facts, mtimeNs: 9_000_000_000_000n })).toBeUndefined();
  });

  test("a racy file is forgotten, not left with its old digest", () => {
    const facts = { size: 1, mtimeNs: 1n, ctimeNs: 1n, inode: 1n };
    const cache = new StatCache();
    cache.set("/a", facts, { digest: digestOf("old"), readAtNs: 9_000_000_000n });
    cache.set(
      "/a",
      { ...facts, ctimeNs: 9_000_000_000n },
      { digest: digestOf("new"), readAtNs: 9_000_000_001n },
    );
    expect(cache.get("/a", facts)).toBeUndefined();
  });

  test("reads a racy file once a run all the same", async () => {
    const root = scratch();
    put(root, { a: "one" });
    const hasher = createFileHasher({ clock: Date.now });
    const entries = listFiles(root);
    await hasher.hash(root, entries);
    renameSync(join(root, "a"), join(root, "b"));
    expect((await hasher.hash(root, entries)).get("a")).toBe(digestOf("one"));
  });

  test.each([
    ["nothing", () => ""],
    ["half of it", (text: string) => text.slice(0, text.length / 2)],
    [
      "one flipped digit",
      (text: string) => text.replace(/[0-9a-f](?=[^0-9a-f]*$)/, (digit) => (digit === "1" ? "2" : "1")),
    ],
    ["another version", (text: string) => text.replace("cache 1", "cache 2")],
    ["no text", () => "\0\xff\0"],
  ])("with %s in its file is as if there were none", async (_, damage) => {
    const root = scratch();
    const cacheFile = join(scratch(), "stat-cache");
    put(root, { a: "one" });
    await hashAll(root, cacheFile);
    const good = readFileSync(cacheFile, "utf8");
    writeFileSync(cacheFile, damage(good));
    expect(StatCache.read(cacheFile).render()).toBe(new StatCache().render());
    expect((await hashAll(root, cacheFile)).get("a")).toBe(digestOf("one"));
    expect(readFileSync(cacheFile, "utf8")).toBe(good);
  });

  test("stays bounded: the oldest unused rows go first", () => {
    const facts = { size: 1, mtimeNs: 1n, ctimeNs: 1n, inode: 1n };
    const cacheFile = join(scratch(), "stat-cache");
    let cache = new StatCache();
    for (let n = 0; n < 9000; n++)
      cache.set(`/f${n}`, facts, { digest: digestOf("x"), readAtNs: 9_000_000_000n });
    writeFileSync(cacheFile, cache.render());
    cache = StatCache.read(cacheFile);
    expect(cache.get("/f0", facts)).toBeDefined();
    writeFileSync(cacheFile, cache.render());
    cache = StatCache.read(cacheFile);
    expect(cache.get("/f0", facts)).toBeDefined();
    expect(cache.get("/f8999", facts)).toBeDefined();
    expect(cache.get("/f1", facts)).toBeUndefined();
  });
});
