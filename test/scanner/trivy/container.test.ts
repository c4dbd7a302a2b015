import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../../src/core/base/digest.ts";
import type { Command } from "../../../src/edge/process/port.ts";
import type { ScanSubject } from "../../../src/edge/scanner/port.ts";
import type { ContainerSettings } from "../../../src/edge/scanner/trivy/container-program.ts";
import { createTrivySource } from "../../../src/edge/scanner/trivy/trivy-source.ts";
import { createTrivyDatabase, DATABASE_DATE, TRIVY_FLAGS, trivyReport } from "../../kit/fake-trivy.ts";
import { createScriptedRunner, type ScriptedReply } from "../../kit/scripted-runner.ts";
import { debComponent } from "../../kit/suite-index.ts";

const OPENSSL = debComponent("libssl3", "3.0.9-1", { source: "openssl" });
const IMAGE = `127.0.0.1:5000/tools/trivy@${digestOf("trivy")}`;
const SUBJECT: ScanSubject = {
  name: "base",
  at: { host: "127.0.0.1:5000", repository: "fleet/base", digest: digestOf("base") },
  platform: "linux/amd64",
  sbom: {
    subject: { name: "base", digest: undefined, architecture: "amd64" },
    created: undefined,
    tool: "test",
    system: { id: "debian", version: "12" },
    components: [OPENSSL],
  },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trivy-container-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const after = (words: readonly string[]) => (command: Command) =>
  words.every((word) => command.argv.includes(word));

async function scan(
  report: ScriptedReply,
  settings: Partial<ContainerSettings> = {},
  subject: ScanSubject = SUBJECT,
) {
  const database = createTrivyDatabase(folder);
  const metadata = { Version: 2, UpdatedAt: DATABASE_DATE };
  const runner = createScriptedRunner([
    { when: ["docker", "--quiet", "rm"], reply: {} },
    {
      when: after([IMAGE, "version"]),
      reply: { stdout: JSON.stringify({ Version: "0.57.1", VulnerabilityDB: metadata }) },
    },
    {
      when: after([IMAGE, "--help"]),
      reply: { stdout: TRIVY_FLAGS.map((flag) => `  --${flag}\n`).join("") },
    },
    { when: after([IMAGE, "image"]), reply: report },
  ]);
  const config = join(folder, "docker,config");
  mkdirSync(config, { recursive: true });
  const source = createTrivySource({
    settings: {
      program: {
        kind: "container",
        image: IMAGE,
        dockerHost: "unix:///run/engine.sock",
        docker: ["docker", "--quiet"],
        ...settings,
      },
      database,
    },
    runner,
    env: {
      PATH: "/usr/bin",
      HOME: "/home/someone",
      GH_TOKEN: "a secret",
      DOCKER_CONTEXT: "elsewhere",
      DOCKER_CONFIG: config,
      https_proxy: "http://user:word@proxy.example",
    },
    folder: join(folder, "state"),
    isInsecure: () => true,
  });
  const [answer] = await source.scan([subject], { signal: new AbortController().signal });
  return { answer, calls: runner.calls, database, config };
}

const GOOD = { stdout: JSON.stringify(trivyReport({ components: [OPENSSL] })) };

describe("Trivy as an image", () => {
  it("is started once a question, with nothing but the room, the database and the logins", async () => {
    const { answer, calls, database, config } = await scan(GOOD);
    expect(answer).toMatchObject({
      state: "scanned",
      looked: { deb: 1 },
      facts: { tool: `Trivy 0.57.1, ${digestOf("trivy")}` },
    });
    expect(calls.map(({ argv }) => argv[argv.indexOf(IMAGE) + 1])).toEqual(["version", "image", "image"]);
    const argv: readonly string[] = calls.at(-1)?.argv ?? [];
    const env = calls.at(-1)?.env ?? {};
    const start = argv.slice(0, argv.indexOf(IMAGE) + 1);
    const room = /^--workdir=(.*)\/here$/.exec(
      start.find((word) => word.startsWith("--workdir=")) ?? "",
    )?.[1];
    expect(start.map((word) => word.replace(/trivy-[0-9a-f]{16}$/, "trivy-N"))).toEqual([
      "docker",
      "--quiet",
      "run",
      "--rm",
      "--name=lapstrake-trivy-N",
      "--network=host",
      "--read-only",
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      `--user=${process.getuid?.()}:${process.getgid?.()}`,
      `--workdir=${room}/here`,
      `--mount=type=bind,source=${room},target=${room}`,
      `--mount=type=bind,source=${database},target=${database}`,
      `--mount=type=bind,"source=${config}","target=${config}",readonly`,
      "--env=https_proxy",
      `--env=HOME=${room}/home`,
      `--env=TMPDIR=${room}/home/tmp`,
      `--env=DOCKER_CONFIG=${config}`,
      "--entrypoint=trivy",
      IMAGE,
    ]);
    expect(argv.join(" ")).not.toContain("user:word");
    expect(env).toMatchObject({
      DOCKER_HOST: "unix:///run/engine.sock",
      https_proxy: "http://user:word@proxy.example",
    });
    expect(env["GH_TOKEN"]).toBeUndefined();
    expect(env["DOCKER_CONTEXT"]).toBeUndefined();
  });

  it("may read a layout, and not change it", async () => {
    const layout = join(folder, "layout");
    mkdirSync(layout);
    const { answer, calls } = await scan(GOOD, {}, { ...SUBJECT, at: undefined, layout });
    expect(answer).toMatchObject({ state: "scanned" });
    expect(calls.at(-1)?.argv).toContain(`--mount=type=bind,source=${layout},target=${layout},readonly`);
  });

  it("leaves no container behind where it was ended", async () => {
    const { answer, calls } = await scan({ outcome: "timed-out", exitCode: 137 });
    expect(answer).toMatchObject({ state: "error", why: "Trivy did not end within 600 seconds" });
    const name = calls
      .at(-2)
      ?.argv.find((word) => word.startsWith("--name="))
      ?.slice("--name=".length);
    expect(calls.at(-1)?.argv).toEqual(["docker", "--quiet", "rm", "--force", name]);
  });

  it("is named by its digest alone", async () => {
    const { answer, calls } = await scan(GOOD, { image: "tools/trivy:latest" });
    expect(answer).toMatchObject({
      state: "error",
      why: "the image of Trivy is not named by its digest: tools/trivy:latest",
    });
    expect(calls).toEqual([]);
  });

  it("runs on an engine of this machine alone", async () => {
    const { answer, calls } = await scan(GOOD, { dockerHost: "ssh://builder.example" });
    expect(answer).toMatchObject({
      state: "unknown",
      why: "the engine at ssh://builder.example cannot see this machine's folders",
    });
    expect(calls).toEqual([]);
  });
});
