import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ExitCode } from "../../src/core/base/error.ts";
import { progressFor } from "../../src/views/cli/progress-for.ts";
import { runCli } from "../../src/views/cli/run-cli.ts";
import { COMMANDS } from "../../src/views/cli/table.ts";
import { connectWorld } from "../../src/views/cli/wire.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Answer {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** A fleet in a folder of its own, with a state folder of its own. */
export interface DiskFleet {
  readonly folder: string;
  readonly state: string;
  write(files: Files): void;
  /** Into the state folder; the logins are in its docker/config.json. */
  writeState(files: Files): void;
  /** Runs a command line in this process, every port as the program has it. */
  call(argv: readonly string[], options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly drain?: AbortController;
  readonly kill?: AbortController;
}

/** Makes the folder; it is removed when the test ends. */
export function diskFleet(files: Files): DiskFleet {
  const top = mkdtempSync(join(tmpdir(), "lap-bad-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const [folder, state] = [join(top, "fleet"), join(top, "state")];
  mkdirSync(folder);
  writeFiles(folder, files);
  return {
    folder,
    state,
    write: (more) => writeFiles(folder, more),
    writeState: (more) => writeFiles(state, more),
    call: (argv, options) => callIn({ folder, state }, argv, options),
  };
}

function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** A blueprint of images that each have the folder of their name as their context. */
export function blueprintOf(images: readonly string[], registry = "127.0.0.1:1/bad"): string {
  const entries = images.map((name) => `  ${name}: { dockerfile: ${name}/Dockerfile, context: ${name} }\n`);
  return `version: 1\nfleet: bad\nregistry: ${registry}\nimages:\n${entries.join("")}`;
}

/** Commits everything, since a release wants a commit. */
export function commitAll({ folder }: DiskFleet): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example"];
  const git = (...args: string[]): void =>
    void execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "test");
}

async function callIn(
  { folder, state }: Pick<DiskFleet, "folder" | "state">,
  argv: readonly string[],
  { env = {}, drain = new AbortController(), kill = new AbortController() }: CallOptions = {},
): Promise<Answer> {
  let out = "";
  let err = "";
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    outIsTerminal: false,
    errIsTerminal: false,
    errSize: () => ({ columns: 80, rows: 24 }),
    env: {},
  };
  const exit = await runCli(argv, {
    table: COMMANDS,
    io,
    version: "1.2.3",
    connect: async (flags) => {
      const progress = progressFor(flags, io);
      const world = connectWorld({
        cwd: folder,
        // The machine's own login and proxies must not decide a test.
        env: {
          PATH: process.env["PATH"],
          DOCKER_CONFIG: join(state, "docker"),
          LAPSTRAKE_STATE: state,
          ...env,
        },
        blueprintFile: undefined,
        version: "1.2.3",
        stamp: "test",
        drain: drain.signal,
        kill: kill.signal,
        onEvent: progress.onEvent,
      });
      return { world, close: progress.close };
    },
  });
  return { exit, out, err };
}
