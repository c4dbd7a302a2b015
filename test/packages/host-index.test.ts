import { describe, expect, it } from "vitest";
import type { Pin } from "../../src/core/policy/locks/index-facts.ts";
import { createHostIndex } from "../../src/edge/packages/host-index.ts";
import { createUvIndex } from "../../src/edge/packages/uv-index.ts";
import type { Command } from "../../src/edge/process/port.ts";
import { createScriptedRunner, type ScriptedReply } from "../kit/scripted-runner.ts";

const PINS: readonly Pin[] = [
  { name: "flask", version: "2.0" },
  { name: "redis", version: "5.0" },
  { name: "flask", version: "3.0" },
];
const NO_UV: ScriptedReply = { outcome: "not-found", exitCode: undefined };

/** A uv whose index has these versions, each with one hash. */
function uvWith(
  has: readonly string[],
  otherwise: ScriptedReply = { exitCode: 1, stderr: "error: No solution\n" },
) {
  return createScriptedRunner([
    {
      when: ["uv"],
      reply: ({ stdin }: Command) => {
        const asked = String(stdin).trim().split("\n");
        if (!asked.every((pin) => has.includes(pin))) return otherwise;
        return { stdout: asked.map((pin) => `${pin} \\\n    --hash=sha256:${pin.length}\n`).join("") };
      },
    },
    { when: ["python3"], reply: NO_UV },
  ]);
}

const stateOf = async (index: ReturnType<typeof createUvIndex>) => {
  const facts = await index.ask(PINS, { python: "3.11" });
  return facts.state === "asked"
    ? Object.fromEntries([...facts.versions].map(([key, { state }]) => [key, state]))
    : facts;
};

describe("uv", () => {
  it("is asked for all pins at once, one version of a name at a time, and afresh", async () => {
    const runner = uvWith(["flask==2.0", "redis==5.0", "flask==3.0"]);
    const facts = await createUvIndex(runner).ask(PINS, { python: "3.11" });
    expect(facts).toMatchObject({ state: "asked", client: "uv" });
    expect(facts.state === "asked" && facts.versions.get("redis==5.0")).toEqual({
      state: "listed",
      hashes: ["sha256:10"],
    });
    expect(runner.calls.map(({ stdin }) => stdin)).toEqual(["flask==2.0\nredis==5.0\n", "flask==3.0\n"]);
    const [first] = runner.calls;
    expect(first?.argv).toEqual(
      expect.arrayContaining(["--no-deps", "--generate-hashes", "--refresh", "--python-version", "3.11"]),
    );
    // The index is the one that the host has configured.
    expect(first?.argv.join(" ")).not.toMatch(/index|https?:/);
    expect(first?.timeout).toBeGreaterThan(0);
  });

  it("is asked singly where one version has no solution, and tells which", async () => {
    expect(await stateOf(createUvIndex(uvWith(["flask==2.0", "flask==3.0"])))).toEqual({
      "flask==2.0": "listed",
      "redis==5.0": "absent",
      "flask==3.0": "listed",
    });
  });

  it("says nothing of any version where nothing was listed: there may be no index at all", async () => {
    expect(await stateOf(createUvIndex(uvWith([])))).toEqual({
      state: "not-asked",
      why: "uv got no answer from its index: error: No solution",
    });
    const offline = createUvIndex(uvWith([], { exitCode: 2, stderr: "error: offline\n" }));
    expect(await stateOf(offline)).toMatchObject({
      state: "not-asked",
      why: expect.stringContaining("offline"),
    });
  });

  it("leaves what it had no answer for unknown", async () => {
    const runner = uvWith(["flask==2.0", "redis==5.0"], { outcome: "timed-out", exitCode: undefined });
    expect(await stateOf(createUvIndex(runner))).toEqual({
      "flask==2.0": "listed",
      "redis==5.0": "listed",
      "flask==3.0": "unknown",
    });
  });
});

describe("the host's client", () => {
  const pip = (lines: readonly string[], reply: ScriptedReply = {}) =>
    createScriptedRunner([
      { when: ["uv"], reply: NO_UV },
      { when: ["python3", "-c"], reply: { stdout: lines.map((line) => `${line}\n`).join(""), ...reply } },
    ]);

  it("is pip where there is no uv; lines that are none of ours are passed over", async () => {
    const runner = pip([
      "Looking in indexes",
      '{"pin":"flask==2.0","state":"listed","hashes":["sha256:1"]}',
      '{"pin":"evil==1","state":"listed","hashes":["sha256:2"]}',
      '{"pin":"redis==5.0","state":"absent"}',
      '{"pin":"flask==3.0","state":"fine"}',
    ]);
    const facts = await createHostIndex(runner).ask(PINS);
    expect(facts.state === "asked" && [...facts.versions]).toEqual([
      ["flask==2.0", { state: "listed", hashes: ["sha256:1"] }],
      ["redis==5.0", { state: "absent" }],
      ["flask==3.0", { state: "unknown", why: "pip did not come to it in time" }],
    ]);
  });

  it("is nobody where neither answers, with both reasons", async () => {
    const runner = pip([], { exitCode: 1, stderr: "ModuleNotFoundError: No module named 'pip'\n" });
    expect(await createHostIndex(runner).ask(PINS)).toMatchObject({
      state: "not-asked",
      why: "there is no uv on this host; pip got no answer from its index: ModuleNotFoundError: No module named 'pip'",
    });
    expect(
      await createHostIndex(createScriptedRunner([{ when: () => true, reply: NO_UV }])).ask(PINS),
    ).toMatchObject({
      why: "there is no uv on this host; there is no python3 on this host",
    });
  });

  it("is let go when the run is cancelled", async () => {
    const signal = AbortSignal.abort();
    await expect(createHostIndex(pip([])).ask(PINS, { signal })).rejects.toThrow("aborted");
  });
});
