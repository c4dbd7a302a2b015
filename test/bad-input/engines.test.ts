import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { engineJson, fakeBuildx, recording } from "./engine-record.ts";
import { expectKnown, expectNoInnards } from "./expect-known.ts";
import { blueprintOf, commitAll, type DiskFleet, diskFleet } from "./on-disk.ts";

let server: MemoryRegistryServer;
beforeEach(async () => {
  server = await startMemoryRegistry();
});
afterEach(() => server.close());

/** base, web on base, and free on nothing. */
function fleetOf(): DiskFleet {
  const fleet = diskFleet({
    "lapstrake.yaml": blueprintOf(["base", "web", "free"], `${server.host}/bad`),
    "base/Dockerfile": "FROM scratch\nCOPY x /\n",
    "base/x": "x",
    "web/Dockerfile": "FROM base\nENV A=b\n",
    "free/Dockerfile": "FROM scratch\nENV A=b\n",
  });
  commitAll(fleet);
  return fleet;
}

interface Failed {
  readonly state: string;
  readonly exit: number;
  readonly build: {
    readonly images: readonly { readonly state: string; readonly failure?: { readonly reason: string } }[];
  };
}

// Images come parents first: base, free, web.
describe("a release whose engine fails moves no tag, and says why", () => {
  it.each([
    [
      "loses its client in the middle of a build",
      fakeBuildx("--mode=die", recording("bigpush")),
      "killed",
      3,
    ],
    ["says nothing that can be read", fakeBuildx("--mode=garbage", "--exit=1"), "not-started", 3],
    ["is full", fakeBuildx(recording("full-run"), "--exit=1"), "disk-full", 3],
    ["is full before it begins", fakeBuildx(recording("full-begin"), "--exit=1"), "disk-full", 3],
    ["goes away", fakeBuildx(recording("enginelost"), "--exit=1"), "engine-lost", 3],
    ["is not there", fakeBuildx(recording("noengine"), "--exit=1"), "not-started", 3],
    ["has no buildx", ["/nowhere/buildx"], "not-started", 3],
    ["cannot push", fakeBuildx(recording("deadpush"), "--exit=1"), "push-failed", 3],
    [
      "claims a push that never was",
      fakeBuildx(recording("ok"), `--digest=sha256:${"1".repeat(64)}`),
      "push-unproven",
      3,
    ],
    ["says success, but names no image", fakeBuildx(recording("ok")), "unknown", 1],
    ["runs into a failing step", fakeBuildx(recording("runfail"), "--exit=1"), "step-failed", 1],
  ])("%s", async (_, buildx, reason, exit) => {
    const fleet = fleetOf();
    fleet.writeState({ "engine.json": engineJson(server.host, buildx) });
    const answer = await fleet.call(["release", "--json"]);
    expectNoInnards(answer);
    // The document's shape is proven in test/cli.
    const { state, build } = JSON.parse(answer.out) as Failed;
    expect({ exit: answer.exit, state }).toEqual({ exit, state: "stopped" });
    expect(build.images.map((image) => image.failure?.reason ?? image.state)).toEqual([
      reason,
      reason,
      "blocked",
    ]);
    for (const name of ["base", "web", "free"])
      expect([...server.store.repo(`bad/${name}`).tags.keys()]).toEqual([]);
    const ledger = await fleet.call(["ledger", "show", "--json"]);
    expect(JSON.parse(ledger.out)).toEqual({ version: 1, entries: [] });
    const people = await fleet.call(["release", "--progress", "plain"]);
    expectNoInnards(people);
    expect(people.out).toContain("no tag was moved");
    expect(people.out).toMatch(new RegExp(`failed +${reason}(?:: | at )`));
    // What the machine lacks has a remedy; what a Dockerfile does wrong has a line.
    expect(exit === 3 ? people.out : "  hint: ").toContain("  hint: ");
    expect(reason === "step-failed" ? people.err : "base/Dockerfile:3: ").toMatch(/^ *base\/Dockerfile:3: /m);
  });
});

describe("an engine record that cannot be used exits 3 and says how to make it anew", () => {
  it.each([
    ["half of it", '{"version": 1, "kind": "private"'],
    ["of tomorrow", '{"version": 2}'],
    ["no object", "[]"],
    ["without a registry", JSON.stringify({ ...JSON.parse(engineJson("x", ["b"])), registry: "" })],
  ])("%s", async (_, text) => {
    const fleet = diskFleet({
      "lapstrake.yaml": blueprintOf(["free"], "local/bad"),
      "free/Dockerfile": "FROM scratch\n",
    });
    fleet.writeState({ "engine.json": text });
    const { err } = await expectKnown(fleet, ["plan"], { exit: 3, code: "ENGINE_FILE" });
    expect(err).toContain(join(fleet.state, "engine.json"));
    expect(err).toMatch(/hint: .*scripts\/engine up/);
  });

  it.each(["plan", "build", "release", "status", "lock"])("%s: none at all", async (command) => {
    const fleet = diskFleet({
      "lapstrake.yaml": blueprintOf(["free"], "local/bad"),
      "free/Dockerfile": "FROM scratch\n",
    });
    const { err } = await expectKnown(fleet, [command], { exit: 3, code: "NO_ENGINE" });
    expect(err).toMatch(/hint: .*scripts\/engine up/);
  });

  it("none, and the registry elsewhere: a plan is made, a build says what it needs", async () => {
    const fleet = fleetOf();
    expect((await fleet.call(["plan"])).exit).toBe(0);
    const { err } = await expectKnown(fleet, ["build"], { exit: 3, code: "NO_ENGINE" });
    expect(err).toMatch(/hint: .*scripts\/engine up/);
  });
});

it("a warning of what the blueprint settles is not told", async () => {
  const fleet = fleetOf();
  fleet.writeState({ "engine.json": engineJson(server.host, fakeBuildx(recording("named2"), "--exit=1")) });
  const { err } = await fleet.call(["build", "free", "--progress", "plain"]);
  expect(err).toContain("free: building");
  expect(err).not.toContain("InvalidDefaultArgInFrom");
  // The canary: the engine did tell it.
  const said = readFileSync(recording("named2").slice("--recording=".length), "utf8");
  expect(said).toContain("/rule/invalid-default-arg-in-from/");
});
