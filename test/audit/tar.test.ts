import { array, assert, integer, nat, property, tuple, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditError } from "../../src/core/audit/error.ts";
import type { TarEntry } from "../../src/core/audit/tar/entry.ts";
import { TarReader } from "../../src/core/audit/tar/reader.ts";
import { gnuLong, hardLinkItem, linkItem, paxBody, type TarItem, tarOf } from "../kit/tar-writer.ts";

type Read = TarEntry & { readonly content: string };

/** All entries with their content, the stream pushed in pieces of these sizes in turn. */
function read(bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]): readonly Read[] {
  const entries: Read[] = [];
  const reader = new TarReader((entry) => {
    const parts: Buffer[] = [];
    const index = entries.push({ ...entry, content: "" }) - 1;
    return {
      data: (piece) => void parts.push(Buffer.from(piece)),
      end: () => {
        entries[index] = { ...entry, content: Buffer.concat(parts).toString("latin1") };
      },
    };
  });
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    reader.write(bytes.subarray(at, at + size));
    at += size;
  }
  reader.end();
  return entries;
}

function codeOf(bytes: Uint8Array): string | undefined {
  try {
    read(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof AuditError) return error.code;
    throw error;
  }
}

const LONG = `${"folder/".repeat(40)}file`;

describe("a tar stream", () => {
  it("gives every kind of entry as it is written", () => {
    const items: TarItem[] = [
      { path: "a", content: "hello", mode: 0o4755, uid: 7, gid: 8 },
      { path: "d/", flag: "5", mode: 0o2775 },
      { path: "old/", flag: "\0" },
      linkItem("l", "../a"),
      hardLinkItem("h", "a"),
      { path: "c", flag: "3" },
      { path: "b", flag: "4" },
      { path: "f", flag: "6" },
      { path: "seven", flag: "7", content: "7" },
      { path: "odd", flag: "M", content: "multi-volume" },
    ];
    expect(read(tarOf(items)).map(({ path, type, content }) => [path, type, content])).toEqual([
      ["a", "file", "hello"],
      ["d/", "directory", ""],
      ["old/", "directory", ""],
      ["l", "symlink", ""],
      ["h", "hardlink", ""],
      ["c", "character", ""],
      ["b", "block", ""],
      ["f", "fifo", ""],
      ["seven", "file", "7"],
      ["odd", "unknown", "multi-volume"],
    ]);
    expect(read(tarOf(items))[0]).toMatchObject({
      mode: 0o4755,
      uid: 7,
      gid: 8,
      size: 5,
      capabilities: false,
    });
    expect(read(tarOf(items))[3]).toMatchObject({ target: "../a" });
  });

  it("takes long names from PAX, from GNU's records, and from the prefixes of ustar and star", () => {
    const prefixed =
      (prefix: string, trailer = "") =>
      (block: Buffer) => {
        block.write(prefix, 345, 155);
        block.write(trailer, 508, 4, "latin1");
      };
    const found = read(
      tarOf([
        { path: "short", content: "1", pax: { path: LONG, linkpath: "x", uid: "70000", gid: "3000000" } },
        gnuLong("L", LONG),
        gnuLong("K", `${LONG}2`),
        { path: "short", flag: "2", target: "t" },
        { path: "name", patch: prefixed("usr/share") },
        { path: "name", patch: prefixed("usr/star", "tar\0") },
        { path: "plain" },
      ]),
    );
    expect(found.map(({ path }) => path)).toEqual([LONG, LONG, "usr/share/name", "usr/star/name", "plain"]);
    expect(found[0]).toMatchObject({ uid: 70_000, gid: 3_000_000, content: "1" });
    expect(found[1]).toMatchObject({ target: `${LONG}2`, type: "symlink" });
  });

  it("does not take GNU's times for a prefix", () => {
    const gnu = (block: Buffer) => {
      block.write("ustar  \0", 257, 8, "latin1");
      block.write("14300000000", 345, 11);
    };
    expect(read(tarOf([{ path: "a", patch: gnu }]))[0]?.path).toBe("a");
  });

  it("reads sizes beyond octal, and file capabilities", () => {
    const big = (block: Buffer) => {
      block.fill(0, 124, 136);
      block[124] = 0x80;
      block[135] = 3;
    };
    const [first, second] = read(
      tarOf([
        { path: "a", content: "abc", patch: big },
        { path: "b", content: "xyz", pax: { "SCHILY.xattr.security.capability": "\x01\x00\x00\x02" } },
      ]),
    );
    expect(first).toMatchObject({ size: 3, content: "abc" });
    expect(second).toMatchObject({ capabilities: true, content: "xyz" });
  });

  it("tells the real size of sparse files, hands out none of their parts, and goes on after them", () => {
    const oldSparse = (extended: number) => (block: Buffer) => {
      block[482] = extended;
      block.write("00000100000\0", 483, 12, "latin1");
    };
    const map = Buffer.alloc(512);
    const found = read(
      Buffer.concat([
        tarOf([{ path: "s1", flag: "S", content: "part", patch: oldSparse(0) }], { open: true }),
        tarOf([{ path: "s2", flag: "S", size: 4, patch: oldSparse(1) }], { open: true }),
        map,
        Buffer.from("part".padEnd(512, "\0")),
        tarOf([
          {
            path: "GNUSparseFile.0/x",
            content: "1\n0\n4\n",
            pax: { "GNU.sparse.major": "1", "GNU.sparse.name": "s3", "GNU.sparse.realsize": "9999" },
          },
          { path: "after", content: "ok" },
        ]),
      ]),
    );
    expect(found.map(({ path, size, sparse, content }) => [path, size, sparse, content])).toEqual([
      ["s1", 32768, true, ""],
      ["s2", 32768, true, ""],
      ["s3", 9999, true, ""],
      ["after", 2, false, "ok"],
    ]);
  });

  it("ignores global records, and keeps names apart that are no UTF-8", () => {
    const bytes = (block: Buffer) => void Buffer.from([0x61, 0xff, 0xfe]).copy(block, 0);
    const found = read(
      tarOf([
        { path: "g", flag: "g", content: paxBody({ path: "evil" }) },
        { path: "a", patch: bytes },
        { path: "ü" },
      ]),
    );
    expect(found.map(({ path }) => path)).toEqual(["a\\xff\\xfe", "ü"]);
  });

  it("ends at two blocks of zeros, whatever follows, or where the stream ends between entries", () => {
    const one = { path: "a", content: "x" };
    expect(read(Buffer.concat([tarOf([one]), Buffer.from("garbage".repeat(500))]))).toHaveLength(1);
    expect(read(tarOf([one], { open: true }))).toHaveLength(1);
    expect(read(new Uint8Array(0))).toEqual([]);
  });

  it("is the same in whatever pieces it comes", () => {
    const bytes = tarOf([
      { path: "a", content: "x".repeat(1000), pax: { path: LONG } },
      gnuLong("L", LONG),
      { path: "b", content: "y".repeat(512) },
      linkItem("c", "a"),
      { path: "d" },
    ]);
    const whole = read(bytes);
    assert(
      property(array(integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        expect(read(bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a tar stream that is not sound", () => {
  it.each<readonly [string, string, readonly TarItem[]]>([
    ["a wrong checksum", "TAR_INVALID", [{ path: "a", spoil: true }]],
    ["a size that is no number", "TAR_INVALID", [{ path: "a", patch: (block) => block.write("9z", 124) }]],
    ["a negative size", "TAR_INVALID", [{ path: "a", patch: (block) => void block.fill(0xff, 124, 136) }]],
    [
      "a size beyond all bounds",
      "TAR_INVALID",
      [{ path: "a", patch: (block) => void block.fill(0xfe, 124, 136) }],
    ],
    ["an extension of gigabytes", "TAR_INVALID", [{ path: "x", flag: "x", size: 2 ** 31 }]],
    [
      "an extension that lies about its length",
      "TAR_INVALID",
      [{ path: "x", flag: "x", content: "99 path=a\n" }],
    ],
    ["an extension without a length", "TAR_INVALID", [{ path: "x", flag: "x", content: "path=a\n" }]],
    ["an extension with a zero in a name", "TAR_INVALID", [{ path: "a", pax: { path: "a\0b" } }]],
    ["an extension with no number as size", "TAR_INVALID", [{ path: "a", pax: { size: "-5" } }]],
    ["a giant file that is not there", "TAR_TRUNCATED", [{ path: "a", size: 2 ** 40 }]],
  ])("%s is %s", (_name, code, items) => {
    expect(codeOf(tarOf(items))).toBe(code);
  });

  it("is truncated wherever it is cut within an entry, and only there", () => {
    const bytes = tarOf([{ path: "a", content: "x".repeat(700), pax: { path: "long" } }], { open: true });
    for (let length = 1; length < bytes.length; length++) {
      expect(codeOf(bytes.subarray(0, length)), `cut at ${length}`).toBe("TAR_TRUNCATED");
    }
    expect(codeOf(bytes)).toBeUndefined();
  });

  it("has no entry after a block of zeros", () => {
    const bytes = Buffer.concat([
      tarOf([{ path: "a" }], { open: true }),
      Buffer.alloc(512),
      tarOf([{ path: "hidden" }]),
    ]);
    expect(codeOf(bytes)).toBe("TAR_INVALID");
  });

  it("never crashes or hangs: random bytes, and random damage to a sound one", () => {
    const sound = tarOf([
      { path: "a", content: "x".repeat(600), pax: { path: LONG } },
      gnuLong("L", LONG),
      { path: "b", flag: "S", content: "y" },
      linkItem("c", "a"),
    ]);
    const known = new Set([undefined, "TAR_INVALID", "TAR_TRUNCATED"]);
    expect(codeOf(sound)).toBeUndefined();
    assert(
      property(uint8Array({ maxLength: 3000 }), (bytes) => known.has(codeOf(bytes))),
      { numRuns: 300 },
    );
    assert(
      property(array(tuple(nat(sound.length - 1), nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Uint8Array.from(sound);
        for (const [at, value] of changes) bytes[at] = value;
        return known.has(codeOf(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});
