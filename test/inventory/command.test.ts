import { beforeEach, describe, expect, it } from "vitest";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import type { EngineImage } from "../../src/edge/engine/port.ts";
import { call, json } from "../cli/call.ts";
import { HOST, NAMESPACE, SAMPLE_BLUEPRINT, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, LOCAL_ENGINE, type TestMachine } from "../kit/world.ts";

let machine: TestMachine;
let tag: string;

beforeEach(async () => {
  machine = await createTestMachine();
  machine.engines.set(LOCAL_ENGINE, createMemoryEngine());
  tag = await release();
});

describe("lapstrake inventory", () => {
  it("right after a release: every image in step, and the same again from the cache", async () => {
    const first = await answer(["inventory", "--check"]);
    expect(first).toMatchObject({ version: 1, release: tag, drifted: false, uncertain: false });
    const rows = currentRows(first);
    expect(rows.map(({ image, drift }) => [image, drift])).toEqual(
      SAMPLE_IMAGES.map((name) => [name, "in-step"]),
    );
    machine.takeCalls();
    expect(await answer(["inventory"])).toEqual(first);
    expect(machine.takeCalls().filter((asked) => !asked.startsWith("HEAD "))).toEqual([]);
  });

  it("says of what a release was not asked for that it was a choice, and calls it no drift", async () => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace("  api:\n", "  api:\n    tier: gpu\n");
    machine.files["web/app/main.py"] = "print('next')\n";
    machine.commit("two");
    machine.now += 1000;
    const { release: made } = await answer(["release", "--tier", "cpu"]);
    const { exit, out } = await call(machine, ["inventory", "--check"]);
    expect(exit).toBe(0);
    expect(out).toContain(
      `not in release ${(made as { tag: string }).tag}, by choice: tier gpu was not asked for`,
    );
    expect(out).not.toContain("unavailable");
  });

  it("exits 1 on drift only with --check, and 3 where somebody was silent", async () => {
    expect((await call(machine, ["inventory", "--check"])).exit).toBe(0);
    machine.engines.set(LOCAL_ENGINE, createMemoryEngine({ images: [local("web", "sha256:by-hand")] }));
    expect((await call(machine, ["inventory", "--check"])).exit).toBe(1);
    expect((await call(machine, ["inventory"])).exit).toBe(0);
    machine.engines.clear();
    const silent = await call(machine, ["inventory", "--check"]);
    expect(silent.exit).toBe(3);
    expect(silent.err).toContain("local did not answer");
  });

  it("asks many engines, each once: by name, by address, all", async () => {
    machine.files["lapstrake.yaml"] = `${SAMPLE_BLUEPRINT}machines:
  pc2:
    engine: ssh://me@pc2
`;
    machine.engines.set("ssh://me@pc2", createMemoryEngine());
    const names = async (engines: string) => {
      const { engines: found } = await answer(["inventory", "--engine", engines]);
      return (found as { name: string; state: string }[]).map(({ name, state }) => `${name} ${state}`);
    };
    expect(await names("all")).toEqual(["local read", "pc2 read"]);
    expect(await names("pc2,ssh://me@pc2")).toEqual(["pc2 read"]);
    expect(await names("ssh://me@off,local")).toEqual(["ssh://me@off unknown", "local read"]);
  });

  it("tells what changed since a release", async () => {
    machine.files["web/app/main.py"] = "print('other')\n";
    machine.commit("two");
    machine.now += 1000;
    const next = await release();
    const { since } = await answer(["inventory", "--since", tag]);
    expect(since).toMatchObject({ release: tag });
    const { changes } = since as { changes: { name: string; change: string }[] };
    expect(changes.filter(({ change }) => change === "changed").map(({ name }) => name)).toEqual([
      "api",
      "web",
    ]);
    expect((await call(machine, ["inventory", "--since", tag])).out).toContain(
      `since ${tag}: 2 images changed`,
    );
    expect((await call(machine, ["inventory", "--since", next])).out).toContain("nothing changed");
    expect((await call(machine, ["inventory", "--since", "20200101-0000000"])).exit).toBe(2);
  });

  it("writes pages beside its answer", async () => {
    const { err } = await call(machine, [
      "inventory",
      "--output",
      "inventory.md",
      "--html",
      "inventory.html",
    ]);
    expect(err).toContain("wrote inventory.md");
    expect(machine.files["inventory.md"]).toMatch(/^# Docker image inventory\n/);
    expect(machine.files["inventory.html"]).toMatch(/^<!doctype html>/);
  });
});

async function answer(argv: readonly string[]): Promise<Record<string, unknown>> {
  // Every answer of a command is an object.
  return (await json(machine, argv)) as Record<string, unknown>;
}

async function release(): Promise<string> {
  const { release: made } = await answer(["release"]);
  return (made as { tag: string }).tag;
}

function currentRows(answer: Record<string, unknown>) {
  const rows = answer["rows"] as { image: string; drift: string; current: boolean }[];
  return rows.filter(({ current }) => current);
}

function local(name: string, id: string): EngineImage {
  return {
    id,
    repoTags: [`${HOST}/${NAMESPACE}/${name}:${tag}`],
    repoDigests: [],
    sizeBytes: 1,
    created: 0,
    labels: {},
  };
}
