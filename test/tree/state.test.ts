import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { LapstrakeError } from "../../src/core/base/error.ts";
import { parseEngineFile, readEngineFile } from "../../src/edge/tree/engine-file.ts";
import { findUp } from "../../src/edge/tree/find-up.ts";
import { createMemoryJournal, openJournal } from "../../src/edge/tree/journal.ts";
import { fleetState, stateFolder } from "../../src/edge/tree/state.ts";
import { writeFileAtomic } from "../../src/edge/tree/write-file-atomic.ts";
import { put, scratch } from "./scratch.ts";

describe("the state folder", () => {
  test.each([
    [{ LAPSTRAKE_STATE: "/own", XDG_STATE_HOME: "/xdg" }, "/own"],
    [{ LAPSTRAKE_STATE: "", XDG_STATE_HOME: "/xdg" }, "/xdg/lapstrake"],
    [{ XDG_STATE_HOME: "" }, "/home/a/.local/state/lapstrake"],
    [{ XDG_STATE_HOME: "relative" }, "/home/a/.local/state/lapstrake"],
    [{}, "/home/a/.local/state/lapstrake"],
  ])("of %o is %s", (env, folder) => {
    expect(stateFolder(env, "/home/a")).toBe(folder);
  });

  test("is not guessed from a relative LAPSTRAKE_STATE", () => {
    expect(() => stateFolder({ LAPSTRAKE_STATE: "here" }, "/home/a")).toThrowError(
      expect.objectContaining({ code: "STATE_FOLDER" }),
    );
  });

  test("has one folder for each fleet and place", () => {
    expect(fleetState("/s", "demo", "r.example/ns")).toMatch(/^\/s\/fleets\/demo-[0-9a-f]{8}$/);
    expect(fleetState("/s", "demo", "r.example/ns")).not.toBe(fleetState("/s", "demo", "r.example/other"));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const folder = fleetState("/s", name, "r");
        expect(dirname(folder)).toBe("/s/fleets");
        expect(basename(folder)).not.toMatch(/^\./);
      }),
    );
  });
});

describe("engine.json", () => {
  const good = {
    version: 1,
    kind: "private",
    dockerHost: "unix:///s/docker.sock",
    docker: ["/s/docker"],
    buildx: ["/s/docker", "buildx"],
    buildxConfig: "/s/buildx",
    registry: "127.0.0.1:5000",
    capabilities: { containerdStore: true, directPush: true, call: false, rawjson: true },
  };

  test("is read, newer members are let through, and absence is a value", () => {
    const state = scratch();
    expect(readEngineFile(state)).toBeUndefined();
    put(state, { "engine.json": JSON.stringify({ ...good, later: 1 }) });
    expect(readEngineFile(state)).toEqual(good);
  });

  test.each([
    ["{"],
    ["[]"],
    ["null"],
    [JSON.stringify({ ...good, version: 2 })],
    [JSON.stringify({ ...good, kind: "other" })],
    [JSON.stringify({ ...good, docker: [] })],
    [JSON.stringify({ ...good, docker: "docker" })],
    [JSON.stringify({ ...good, buildx: [1] })],
    [JSON.stringify({ ...good, registry: "" })],
    [JSON.stringify({ ...good, capabilities: {} })],
    [JSON.stringify({ ...good, capabilities: undefined })],
    [JSON.stringify({ ...good, later: "x".repeat(70_000) })],
  ])("%.60s is refused", (text) => {
    expect(() => parseEngineFile(text)).toThrowError(
      expect.objectContaining({ code: "ENGINE_FILE", exit: 3 }),
    );
  });

  test("throws nothing but our error", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseEngineFile(text)).toThrow(LapstrakeError);
      }),
    );
  });
});

describe("an atomic write", () => {
  test("makes the folders, replaces the whole and leaves nothing beside it", async () => {
    const folder = join(scratch(), "a/b");
    await writeFileAtomic(join(folder, "file"), "long old content");
    await writeFileAtomic(join(folder, "file"), "new", 0o600);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("new");
    expect(statSync(join(folder, "file")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("that fails leaves the old file and no other", async () => {
    const folder = scratch();
    put(folder, { "file/below": "" });
    await expect(writeFileAtomic(join(folder, "file"), "x")).rejects.toMatchObject({
      code: "STATE_UNWRITABLE",
    });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("of many at once ends with one whole content", async () => {
    const folder = scratch();
    const contents = Array.from({ length: 20 }, (_, n) => String(n).repeat(10_000));
    await Promise.all(contents.map((content) => writeFileAtomic(join(folder, "file"), content)));
    expect(contents).toContain(readFileSync(join(folder, "file"), "utf8"));
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});

describe("findUp", () => {
  test("gives the nearest, or nothing", () => {
    const root = scratch();
    put(root, { "lapstrake.yaml": "", "a/b/c": "", "a/lapstrake.yaml": "" });
    expect(findUp(join(root, "a/b"), "lapstrake.yaml")).toBe(join(root, "a/lapstrake.yaml"));
    expect(findUp(root, "lapstrake.yaml")).toBe(join(root, "lapstrake.yaml"));
    expect(findUp(join(root, "a/b"), "no-such-file-anywhere.yaml")).toBeUndefined();
  });
});

describe("the journal", () => {
  const id = (name: string) => digestOf(name);
  const entry = (name: string, durationMs = 1) => ({ digest: digestOf(name), durationMs });

  test("keeps digests between runs, and the latest duration", async () => {
    const file = join(scratch(), "s/journal.json");
    const journal = openJournal(file);
    journal.set("r/a", id("1"), entry("x", 10));
    journal.set("r/a", id("2"), entry("y", 20));
    journal.set("r/b", id("1"), entry("z"));
    journal.delete("r/b", id("1"));
    await journal.save();
    const again = openJournal(file);
    expect(again.get("r/a", id("1"))).toEqual(entry("x", 10));
    expect(again.get("r/b", id("1"))).toBeUndefined();
    expect(again.lastDuration("r/a")).toBe(20);
    expect(again.lastDuration("r/b")).toBeUndefined();
  });

  test("takes no duration that nobody measured for one", () => {
    const journal = openJournal(join(scratch(), "journal.json"));
    journal.set("r/a", id("1"), entry("x", 0));
    expect(journal.lastDuration("r/a")).toBeUndefined();
    journal.set("r/a", id("2"), entry("y", 20));
    journal.set("r/a", id("3"), entry("z", 0));
    expect(journal.lastDuration("r/a")).toBe(20);
  });

  test("is not written where nothing changed", async () => {
    const file = join(scratch(), "journal.json");
    await openJournal(file).save();
    expect(() => statSync(file)).toThrow("ENOENT");
  });

  test("stays bounded", async () => {
    const file = join(scratch(), "journal.json");
    const journal = openJournal(file);
    for (let n = 0; n < 100; n++) journal.set("r/a", id(String(n)), entry("x", n));
    await journal.save();
    expect(openJournal(file).get("r/a", id("79"))).toBeUndefined();
    expect(openJournal(file).get("r/a", id("80"))).toBeDefined();
  });

  test.each([
    [""],
    ["{"],
    ["null"],
    ['{"version":2,"repositories":[]}'],
    ['{"version":1,"repositories":[["r",[["sha256:short","x",1]]]]}'],
    [`{"version":1,"repositories":[["r",[["${id("1")}","${id("1")}","1"]]]]}`],
    ['{"version":1,"repositories":{}}'],
  ])("of %.50s is empty", (text) => {
    const folder = scratch();
    put(folder, { "journal.json": text });
    expect(openJournal(join(folder, "journal.json")).get("r", id("1"))).toBeUndefined();
  });

  test("of memory does the same", async () => {
    const journal = createMemoryJournal();
    journal.set("r", id("1"), entry("x"));
    await journal.save();
    expect(journal.get("r", id("1"))).toEqual(entry("x"));
  });
});
