import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { BuildEvent } from "../../src/core/base/build-event.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { createBuildxBuilder } from "../../src/edge/builder/buildx.ts";
import type { BuildOptions, BuildRequest, BuildResult } from "../../src/edge/builder/port.ts";
import type { ProcessRunner } from "../../src/edge/process/port.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { recordingPath } from "./recording.ts";
import { requestOf } from "./request.ts";

const FAKE = join(import.meta.dirname, "../kit/fake-buildx.mjs");
const digest = digestOf("an image");

let folder: string;
let request: BuildRequest;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lap-fake-buildx-"));
  mkdirSync(join(folder, "context"));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  request = requestOf({ dockerfile: join(folder, "Dockerfile"), context: join(folder, "context") });
});

interface Play {
  readonly options?: readonly string[];
  readonly request?: BuildRequest;
  readonly build?: BuildOptions;
  readonly buildx?: readonly [string, ...string[]];
}

function play(play: Play): Promise<BuildResult> {
  const buildx = play.buildx ?? ([process.execPath, FAKE, ...(play.options ?? [])] as const);
  const engine = { dockerHost: "unix:///nowhere.sock", buildx, buildxConfig: join(folder, "buildx") };
  const real = createProcessRunner();
  const runner: ProcessRunner = { run: (command) => real.run({ ...command, grace: 500 }) };
  return createBuildxBuilder({ engine, runner, env: process.env }).build(play.request ?? request, play.build);
}

describe("a build by a program that behaves", () => {
  it("gives the digest of the metadata file, and leaves no file behind", async () => {
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    const saved = process.env["TMPDIR"];
    process.env["TMPDIR"] = temporary;
    try {
      const result = await play({ options: [`--recording=${recordingPath("ok")}`, `--digest=${digest}`] });
      expect(result).toMatchObject({ ok: true, digest, steps: { total: 4, cached: 0 } });
    } finally {
      if (saved === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = saved;
    }
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("tells the events while it runs", async () => {
    const events: BuildEvent[] = [];
    const abort = new AbortController();
    const running = play({
      options: ["--mode=hang", `--recording=${recordingPath("enginelost")}`],
      build: {
        signal: abort.signal,
        onEvent: (event) => {
          events.push(event);
          // The build still hangs: this event can only have come while it ran.
          if (event.type === "log") abort.abort();
        },
      },
    });
    expect(await running).toMatchObject({ ok: false, reason: "cancelled" });
    expect(events.some((event) => event.type === "step-started" && event.kind === "run")).toBe(true);
  });

  it("hands no secret's value and none of the shell's builder settings to the program", async () => {
    const noted = join(folder, "argv.json");
    process.env["LAP_TEST_SECRET"] = "s3cr3t-value";
    process.env["BUILDX_BUILDER"] = "foreign";
    process.env["DOCKER_DEFAULT_PLATFORM"] = "linux/arm64";
    try {
      await play({
        options: [`--argv=${noted}`, `--digest=${digest}`],
        request: { ...request, secrets: [{ id: "k", source: { env: "LAP_TEST_SECRET" } }] },
      });
    } finally {
      for (const name of ["LAP_TEST_SECRET", "BUILDX_BUILDER", "DOCKER_DEFAULT_PLATFORM"])
        delete process.env[name];
    }
    const said = JSON.parse(readFileSync(noted, "utf8")) as { argv: string[]; env: Record<string, string> };
    expect(said.argv.join(" ")).not.toContain("s3cr3t-value");
    expect(said.argv).toContain("id=k,env=LAP_TEST_SECRET");
    expect(said.env["LAP_TEST_SECRET"]).toBe("s3cr3t-value");
    expect(said.env["BUILDX_BUILDER"] ?? said.env["DOCKER_DEFAULT_PLATFORM"]).toBeUndefined();
    expect(said.env["DOCKER_HOST"]).toBe("unix:///nowhere.sock");
  });
});

describe("a build by a program that misbehaves", () => {
  it("is cancelled, also when the program does not heed the signal", async () => {
    const abort = new AbortController();
    const running = play({ options: ["--mode=stubborn"], build: { signal: abort.signal } });
    setTimeout(() => abort.abort(), 300);
    expect(await running).toMatchObject({ ok: false, reason: "cancelled" });
  });

  it("does not begin when the signal was aborted before", async () => {
    const noted = join(folder, "argv.json");
    const options = [`--argv=${noted}`, `--digest=${digest}`];
    const result = await play({ options, build: { signal: AbortSignal.abort() } });
    expect(result).toMatchObject({ ok: false, reason: "cancelled" });
    expect(readdirSync(folder)).not.toContain("argv.json");
  });

  it("that dies in the middle is no success", async () => {
    const result = await play({ options: ["--mode=die", `--recording=${recordingPath("ok")}`] });
    expect(result).toMatchObject({ ok: false, reason: "killed", exitCode: undefined });
  });

  it("that writes garbage and exits 0 without a digest is no success", async () => {
    const result = await play({ options: ["--mode=garbage"] });
    expect(result).toMatchObject({ ok: false, reason: "unknown", exitCode: 0 });
  });

  it("that writes garbage but a digest is one", async () => {
    const result = await play({ options: ["--mode=garbage", `--digest=${digest}`] });
    expect(result).toMatchObject({ ok: true, digest });
  });

  it("that writes a digest which is none is no success", async () => {
    expect(await play({ options: ["--digest=sha256:nonsense"] })).toMatchObject({
      ok: false,
      reason: "unknown",
    });
  });

  it("that is not there has not started", async () => {
    const result = await play({ buildx: [join(folder, "no-buildx")] });
    expect(result).toMatchObject({ ok: false, reason: "not-started" });
  });
});

describe("inputs that are lacking are told without starting anything", () => {
  it.each([
    ["dockerfile", { dockerfile: "/nonexistent/Dockerfile" }],
    ["context-missing", { context: "/nonexistent" }],
    ["context-missing", { contexts: { shared: "/nonexistent" } }],
    ["context-missing", { contexts: { shared: "relative/path" } }],
    ["secret-missing", { secrets: [{ id: "k", source: { file: "/nonexistent" } }] }],
    ["secret-missing", { secrets: [{ id: "k", source: { env: "LAP_TEST_NOT_SET" } }] }],
  ] satisfies [string, Partial<BuildRequest>][])("%s: %j", async (reason, changes) => {
    const noted = join(folder, "argv.json");
    const result = await play({ options: [`--argv=${noted}`], request: { ...request, ...changes } });
    expect(result).toMatchObject({ ok: false, reason, exitCode: undefined });
    expect(readdirSync(folder)).not.toContain("argv.json");
  });
});
