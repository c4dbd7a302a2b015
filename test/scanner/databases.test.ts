import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Digest } from "../../src/core/base/digest.ts";
import { LapstrakeError } from "../../src/core/base/error.ts";
import type { Json } from "../../src/core/base/json.ts";
import { createMemoryKey, openSigningKey } from "../../src/edge/ledger/signing-key.ts";
import type { AdvisoryDatabases, DatabaseChoice } from "../../src/edge/scanner/database/port.ts";
import { affecting, osvRecord } from "../kit/osv-records.ts";
import { writeZip } from "../kit/zip-writer.ts";
import { scratch } from "../tree/scratch.ts";
import { keptDatabases } from "./kept-databases.ts";

const REAL = new URL("../../fleet/advisories/pypi-2024-10.osv.jsonl.gz", import.meta.url).pathname;

const demo = (id: string, members: { readonly [key: string]: Json } = {}) => osvRecord({ id, ...members });
const debian = (id: string) =>
  osvRecord({ id, affected: [affecting("Debian:12", "openssl", { introduced: "0" })] });

async function failure(work: Promise<unknown>): Promise<LapstrakeError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof LapstrakeError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

async function idsOf(databases: AdvisoryDatabases, name: string, choice: DatabaseChoice = {}) {
  const database = await databases.open(choice);
  try {
    const index = await database.load([{ ecosystem: "PyPI", name }]);
    return index.find({ ecosystem: "PyPI", name }).map(({ id }) => id);
  } finally {
    await database.close();
  }
}

describe("a database", () => {
  it("has all that its exports have, by package", async () => {
    const { databases, put } = keptDatabases();
    const paths = [
      put("pypi", [
        demo("B-2"),
        demo("A-1"),
        demo("C-3", { affected: [affecting("npm", "demo", { introduced: "0" })] }),
      ]),
      put("debian", [debian("D-4")]),
    ];
    const { database } = await databases.update(paths);
    expect(database).toMatchObject({
      records: 4,
      newest: Date.UTC(2024, 4, 2),
      importedAt: Date.UTC(2026, 0, 1),
      ecosystems: { PyPI: 2, "Debian:12": 1 },
      purpose: "update",
      sources: paths.map((from) => ({
        from,
        bytes: `sha256:${createHash("sha256").update(readFileSync(from)).digest("hex")}`,
      })),
    });
    expect(await databases.list()).toEqual([database]);
    expect(await idsOf(databases, "demo")).toEqual(["A-1", "B-2"]);
    expect(await idsOf(databases, "nobody")).toEqual([]);
    expect(await databases.verify()).toEqual([{ database, wrong: undefined }]);
  });

  it("has the digest of its records, in whatever order and container they come", async () => {
    const { databases, put, path } = keptDatabases();
    const [a, b] = [demo("A-1", { details: "ü \ud83d\ude00", n: 1.5 }), demo("B-2")];
    writeFileSync(
      path("zip"),
      writeZip(
        [a, b].map((each) => ({
          name: `${String(each["id"])}.json`,
          content: JSON.stringify(each, undefined, 2),
        })),
      ),
    );
    const reversed = Object.fromEntries(Object.entries(b).reverse());
    writeFileSync(path("gzip"), gzipSync(`${JSON.stringify(reversed)}\n${JSON.stringify(a)}`));
    mkdirSync(path("folder"));
    writeFileSync(join(path("folder"), "x.json"), JSON.stringify(b));
    const digests = [
      (await databases.update([put("lines", [a, b, b])])).database.digest,
      (await databases.update([path("zip")])).database.digest,
      (await databases.update([path("gzip")])).database.digest,
      (await databases.update([path("folder"), put("a", [a])])).database.digest,
    ];
    expect(new Set(digests).size).toBe(1);
    expect((await databases.update([put("c", [a, { ...b, details: "?" }])])).database.digest).not.toBe(
      digests[0],
    );
  });

  it("of the real advisories has the digest that the reference fleet pins", async () => {
    const { databases } = keptDatabases();
    const { database } = await databases.update([REAL]);
    expect(database).toMatchObject({ records: 2661, ecosystems: { PyPI: 2661 } });
    expect(readFileSync(join(dirname(REAL), "..", "lapstrake.yaml"), "utf8")).toContain(database.digest);
    expect(await idsOf(databases, "requests")).toContain("PYSEC-2023-74");
  });

  it("goes no further than today, whatever a record says of itself", async () => {
    const { databases, put } = keptDatabases();
    const future = demo("A-1", { modified: "9999-01-01T00:00:00Z" });
    expect((await databases.update([put("x", [future, demo("B-2")])])).database.newest).toBe(
      Date.UTC(2024, 4, 2),
    );
    expect((await databases.update([put("x", [future])])).database.newest).toBe(0);
  });

  it("takes of two records of one id the one that was modified later", async () => {
    const { databases, put } = keptDatabases();
    const older = demo("A-1", { modified: "2024-01-01T00:00:00Z" });
    const newer = demo("A-1", { affected: [affecting("PyPI", "other", { introduced: "0" })] });
    for (const records of [
      [older, newer],
      [newer, older],
    ]) {
      const { database } = await databases.update([put("x", records)]);
      expect(database.records).toBe(1);
      expect(await idsOf(databases, "demo")).toEqual([]);
      expect(await idsOf(databases, "other")).toEqual(["A-1"]);
    }
    const both = await failure(databases.update([put("x", [newer, demo("A-1", { summary: "else" })])]));
    expect([both.code, both.at?.line]).toEqual(["EXPORT_AMBIGUOUS", 2]);
  });
});

describe("an update", () => {
  it("that fails leaves everything as it was", async () => {
    const { databases, put, path, folder } = keptDatabases();
    await databases.update([put("x", [demo("A-1")])]);
    const before = readdirSync(folder, { recursive: true });
    const broken = await failure(databases.update([put("x", [demo("B-2"), demo("C-3", { modified: 1 })])]));
    expect(broken).toMatchObject({ code: "ADVISORY_INVALID", details: { record: "C-3", path: "modified" } });
    expect(broken.at?.line).toBe(2);
    expect((await failure(databases.update([path("nothing")]))).code).toBe("EXPORT_UNREADABLE");
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
    expect(await idsOf(databases, "demo")).toEqual(["A-1"]);
  });

  it("tells what was there before, and keeps some of it for who pins it", async () => {
    const { databases, put } = keptDatabases();
    const digests: string[] = [];
    for (const id of ["A-1", "B-2", "C-3", "D-4"]) {
      const { database, before } = await databases.update([put("x", [demo(id)])]);
      expect(before?.digest).toBe(digests.at(-1));
      digests.push(database.digest);
    }
    await databases.update([put("y", [demo("Y-1")])]);
    const kept = await databases.list();
    expect(kept.map(({ digest }) => digests.indexOf(digest))).toEqual([-1, 3, 2, 1]);
    // Ten months later, as somebody pinned it.
    const [, , , oldest] = kept;
    expect(await idsOf(databases, "demo", { digest: oldest!.digest })).toEqual(["B-2"]);
    const gone = await failure(databases.open({ digest: digests[0] as Digest }));
    expect(gone.code).toBe("DATABASE_MISSING");
  });

  it("takes away what a killed one left behind", async () => {
    const { databases, put, folder } = keptDatabases();
    mkdirSync(join(folder, "work-killed", "pack"), { recursive: true });
    mkdirSync(join(folder, "packs", "nobody-knows"), { recursive: true });
    await databases.update([put("x", [demo("A-1")])]);
    expect(readdirSync(folder).sort()).toEqual(["databases.json", "packs"]);
    expect(readdirSync(join(folder, "packs"))).toHaveLength(1);
  });

  it("of the same is the same, fetched later", async () => {
    const { databases, put, time } = keptDatabases();
    const path = put("x", [demo("A-1")]);
    await databases.update([path]);
    time.now += 1000;
    const { database, before } = await databases.update([path]);
    expect(before?.digest).toBe(database.digest);
    expect((await databases.list()).map(({ importedAt }) => importedAt)).toEqual([time.now]);
  });
});

describe("which one", () => {
  it("is the newest of its sources, or the newest at all, but none that was read for a policy", async () => {
    const { databases, put } = keptDatabases();
    const [x, y, z] = [put("x", [demo("X-1")]), put("y", [demo("Y-1")]), put("z", [demo("Z-1")])];
    expect((await failure(databases.open({}))).code).toBe("DATABASE_MISSING");
    await databases.update([x, y]);
    await databases.update([y]);
    expect(await idsOf(databases, "demo", { export: z })).toEqual(["Z-1"]);
    expect(await idsOf(databases, "demo")).toEqual(["Y-1"]);
    expect(await idsOf(databases, "demo", { sources: [y, x] })).toEqual(["X-1", "Y-1"]);
    expect((await failure(databases.open({ sources: [x] }))).code).toBe("DATABASE_MISSING");
  });

  it("is an export as it lies there, read once", async () => {
    const { databases, put, time } = keptDatabases();
    const path = put("x", [demo("X-1")]);
    expect(await idsOf(databases, "demo", { export: path })).toEqual(["X-1"]);
    time.now += 1000;
    expect(await idsOf(databases, "demo", { export: path })).toEqual(["X-1"]);
    const [kept] = await databases.list();
    expect(kept).toMatchObject({ purpose: "export", importedAt: time.now - 1000 });
    expect(await idsOf(databases, "demo", { export: path, digest: kept!.digest })).toEqual(["X-1"]);
    put("x", [demo("X-2")]);
    expect(await idsOf(databases, "demo", { export: path })).toEqual(["X-2"]);
    const wrong = await failure(databases.open({ export: path, digest: kept!.digest }));
    expect(wrong.code).toBe("DATABASE_MISSING");
    expect(wrong.message).toContain(kept!.digest);
  });
});

describe("an export that is written to while it is read", () => {
  it("is refused, and nothing is kept of it", async () => {
    const { databases, put, path } = keptDatabases();
    const folder = path("folder");
    mkdirSync(folder);
    for (const id of ["a", "b"]) writeFileSync(join(folder, `${id}.json`), JSON.stringify(demo(id)));
    // The clock is asked after the export was hashed and before it is read.
    const { open } = keptDatabases();
    const other = open(undefined, () => {
      writeFileSync(join(folder, "b.json"), JSON.stringify(demo("c")));
      return Date.UTC(2026, 0, 1);
    });
    expect((await failure(other.update([folder]))).message).toContain("changed while it was read");
    expect(await other.list()).toEqual([]);
    await databases.update([folder, put("x", [demo("d")])]);
    expect(await idsOf(databases, "demo")).toEqual(["a", "c", "d"]);
  });
});

describe("what somebody changed", () => {
  const kept = async () => {
    const machine = keptDatabases();
    await machine.databases.update([machine.put("x", [demo("A-1"), debian("D-4")])]);
    const [name = ""] = readdirSync(join(machine.folder, "packs"));
    const pack = join(machine.folder, "packs", name);
    return { ...machine, pack, state: join(machine.folder, "databases.json") };
  };
  const flip = (path: string, at: number): void => {
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };

  it("of the records is noticed where it is read, and by verify", async () => {
    const { databases, pack } = await kept();
    const path = join(pack, "records");
    flip(path, readFileSync(path, "utf8").indexOf("A-1"));
    expect((await failure(idsOf(databases, "demo"))).code).toBe("DATABASE_CHANGED");
    expect((await databases.verify())[0]?.wrong).toMatch(/is not what this machine kept/);
  });

  it.each([
    ["a byte behind", (path: string) => appendFileSync(path, "x")],
    ["a byte less", (path: string) => writeFileSync(path, readFileSync(path).subarray(0, -1))],
    ["nothing left", (path: string) => writeFileSync(path, "")],
    ["no file", (path: string) => rmSync(path)],
  ])("of the records: %s is noticed by verify", async (_, change) => {
    const { databases, pack } = await kept();
    change(join(pack, "records"));
    expect((await databases.verify())[0]?.wrong).toBeDefined();
  });

  it("of any byte of the index or the list is noticed at once", async () => {
    const { databases, pack, state } = await kept();
    for (const path of [join(pack, "index"), state]) {
      const bytes = readFileSync(path);
      for (let at = 0; at < bytes.length; at += 7) {
        flip(path, at);
        expect((await failure(databases.open({}))).code).toBe("DATABASE_CHANGED");
        writeFileSync(path, bytes);
      }
      // Without the newline behind it, a signature is still whole.
      const others = [Buffer.alloc(0), bytes.subarray(0, -2), Buffer.concat([bytes, bytes])];
      for (const other of others) {
        writeFileSync(path, other);
        expect((await failure(databases.open({}))).code).toBe("DATABASE_CHANGED");
        writeFileSync(path, bytes);
      }
    }
  });

  it("is not believed by another key, or without one", async () => {
    const { open } = await kept();
    const other = createMemoryKey();
    expect((await failure(open(other).list())).code).toBe("DATABASE_CHANGED");
    other.make();
    expect((await failure(open(other).list())).code).toBe("DATABASE_CHANGED");
  });

  it("is mended by an update", async () => {
    const { databases, put, state } = await kept();
    writeFileSync(state, "{}");
    const { before } = await databases.update([put("x", [demo("A-2")])]);
    expect(before).toBeUndefined();
    expect(await idsOf(databases, "demo")).toEqual(["A-2"]);
  });

  it("works with a key in a file, which only its owner may read", async () => {
    const { open, put } = keptDatabases();
    const path = join(scratch(), "key");
    await open(openSigningKey(path)).update([put("x", [demo("A-1")])]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await idsOf(open(openSigningKey(path)), "demo")).toEqual(["A-1"]);
  });
});

describe("a place that an export is fetched from", () => {
  it.each([
    "ftp://mirror.example/x",
    "http://mirror.example/x",
    "https://me:secret@mirror.example/x",
    "relative",
    "",
  ])("%j is none", async (from) => {
    const { databases } = keptDatabases();
    const error = await failure(databases.update([from]));
    expect([error.code, error.exit]).toEqual(["DATABASE_SOURCE", 2]);
  });

  it("is an address, whose bytes are kept no longer than they are read", async () => {
    const asked: string[] = [];
    const { databases, folder } = keptDatabases({
      async *download(url, { limit }) {
        asked.push(`${url.href} ${limit > 1e9}`);
        yield gzipSync(`${JSON.stringify(demo("A-1"))}\n`);
      },
    });
    const from = "https://mirror.example/PyPI/all.jsonl.gz";
    const { database } = await databases.update([from]);
    expect(asked).toEqual([`${from} true`]);
    expect(database.sources).toMatchObject([{ from }]);
    expect(await idsOf(databases, "demo", { sources: [from] })).toEqual(["A-1"]);
    expect(readdirSync(folder).sort()).toEqual(["databases.json", "packs"]);
  });

  it("gives nothing, or breaks off: what was kept stays", async () => {
    let bytes: Buffer | undefined = Buffer.from(`${JSON.stringify(demo("A-1"))}\n`);
    const { databases, folder } = keptDatabases({
      async *download() {
        if (bytes === undefined) throw new Error("cut");
        yield bytes;
      },
    });
    const from = "https://mirror.example/x";
    await databases.update([from]);
    bytes = Buffer.alloc(0);
    expect((await failure(databases.update([from]))).code).toBe("DATABASE_SOURCE");
    bytes = undefined;
    await expect(databases.update([from])).rejects.toThrow("cut");
    expect(await idsOf(databases, "demo")).toEqual(["A-1"]);
    expect(readdirSync(folder).sort()).toEqual(["databases.json", "packs"]);
  });
});
