import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { osvRecord } from "../kit/osv-records.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { keptDatabases } from "../scanner/kept-databases.ts";
import { edit } from "../tags/machine.ts";
import { call } from "./call.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.now = Date.UTC(2024, 4, 12);
});

function setUp() {
  const kept = keptDatabases({
    async *download(url) {
      yield Buffer.from(`${JSON.stringify(osvRecord({ id: `AT-${url.hostname}` }))}\n`);
    },
  });
  kept.time.now = machine.now;
  const db = (...argv: readonly string[]) =>
    call(machine, ["db", ...argv], { world: { advisories: async () => kept.databases } });
  return { ...kept, db };
}

describe("db", () => {
  it("shows what is kept, and how far it goes", async () => {
    const { db, put } = setUp();
    expect((await db()).out).toBe(
      "No database of advisories is kept on this machine: lapstrake db update [SOURCE…]\n",
    );
    const path = put("x.jsonl", [osvRecord()]);
    const updated = await db("update", path);
    expect([updated.exit, updated.err]).toEqual([0, expect.stringContaining(`reading advisories: ${path}`)]);
    expect(updated.out).toMatch(/^sha256:[0-9a-f]{64}\n {2}records {2}1; kept: 1 of PyPI\n/);
    expect(updated.out).toContain("newest   2024-05-02T00:00:00Z, 10 days ago\n");
    expect(updated.out).toContain(`from     ${path} (sha256:`);
    expect(updated.out).toMatch(/New here\.\n$/);
    const { out } = await db("status");
    expect(updated.out.startsWith(out)).toBe(true);
  });

  it("says what an update changed, and that a source fell behind", async () => {
    const { db, put } = setUp();
    await db("update", put("x", [osvRecord()]));
    expect((await db("update", put("x", [osvRecord()]))).out).toContain("The same records as before.\n");
    const older = await db("update", put("x", [osvRecord({ modified: "2024-04-01T00:00:00Z" })]));
    expect(older.out).toContain("1 records, newest 2024-05-02T00:00:00Z.\n");
    expect(older.out).toContain("is the source up to date?\n");
  });

  it("says all of it in JSON", async () => {
    const { db, put } = setUp();
    const path = put("x", [osvRecord()]);
    const updated: unknown = JSON.parse((await db("update", path, "--json")).out);
    const about = {
      digest: expect.stringMatching(/^sha256:/),
      records: 1,
      ecosystems: { PyPI: 1 },
      newest: "2024-05-02T00:00:00.000Z",
      ageDays: 10,
      importedAt: "2024-05-12T00:00:00.000Z",
      purpose: "update",
      sources: [{ from: path, bytes: expect.stringMatching(/^sha256:/) }],
    };
    expect(updated).toEqual({ version: 1, database: about, before: null });
    expect(JSON.parse((await db("--json")).out)).toEqual({ version: 1, databases: [about] });
    expect(JSON.parse((await db("verify", "--json")).out)).toEqual({
      version: 1,
      checks: [{ digest: about.digest, wrong: null }],
    });
  });

  it("updates from what the blueprint names", async () => {
    const { db, databases } = setUp();
    const unnamed = await db("update");
    expect([unnamed.exit, unnamed.err]).toEqual([
      2,
      expect.stringContaining("names no exports of advisories"),
    ]);
    const gates =
      "gates:\n  vulnerabilities:\n    osv:\n      sources: [https://a.example/all.zip, https://b.example/all.zip]\n";
    edit(machine.files, "build:", `${gates}build:`);
    const { exit, out } = await db("update");
    expect([exit, out]).toEqual([0, expect.stringContaining("records  2;")]);
    const [kept] = await databases.list();
    expect(kept?.sources.map(({ from }) => from)).toEqual([
      "https://a.example/all.zip",
      "https://b.example/all.zip",
    ]);
  });

  it("says which record of which line it could not read", async () => {
    const { db, put } = setUp();
    const path = put("x.jsonl", [osvRecord(), osvRecord({ id: "B-2", modified: "yesterday" })]);
    const { exit, out, err } = await db("update", path);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toContain(`${path}:2:1`);
    expect(err).toContain(
      'B-2: expected a time in UTC, such as 2024-10-10T12:00:00Z at modified, found "yesterday"',
    );
  });

  it("finds what somebody changed", async () => {
    const { db, put, folder } = setUp();
    expect((await db("verify")).out).toBe("No database of advisories is kept on this machine.\n");
    await db("update", put("x", [osvRecord()]));
    expect(await db("verify")).toMatchObject({
      exit: 0,
      out: expect.stringContaining("every byte is what was kept"),
    });
    const [name = ""] = readdirSync(join(folder, "packs"));
    appendFileSync(join(folder, "packs", name, "records"), "x");
    expect(await db("verify")).toMatchObject({
      exit: 1,
      out: expect.stringContaining("is not what this machine kept"),
    });
    appendFileSync(join(folder, "databases.json"), "x");
    expect(await db("status")).toMatchObject({
      exit: 3,
      out: "",
      err: expect.stringContaining("DATABASE_CHANGED"),
    });
  });

  it.each([
    [["updaet"], /did you mean `lapstrake db update`/],
    [["status", "x"], /takes no operand/],
    [["verify", "x"], /takes no operand/],
    [["update", "ftp://x/y"], /expected a path or an https address/],
  ])("%j is a usage error", async (argv, expected) => {
    const { exit, err } = await setUp().db(...argv);
    expect([exit, err]).toEqual([2, expect.stringMatching(expected)]);
  });
});
