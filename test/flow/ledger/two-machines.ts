import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ProgressEvent } from "../../../src/core/base/build-event.ts";
import type { ExitCode } from "../../../src/core/base/error.ts";
import { openState } from "../../../src/flow/open-ledger.ts";
import type { FleetState, World } from "../../../src/flow/world.ts";
import { runCli } from "../../../src/views/cli/run-cli.ts";
import { COMMANDS } from "../../../src/views/cli/table.ts";
import { connectWorld } from "../../../src/views/cli/wire.ts";
import { buildBody } from "../../record/sample.ts";

const BLUEPRINT = `version: 1
fleet: demo
registry: registry.example/demo
roots: { debian: { image: registry.example/debian:12 } }
images: { base: { dockerfile: Dockerfile } }
`;

const GIT_ENV = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example",
};

export interface CliAnswer {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** A machine with the program's own adapters: a clone of the fleet's repository and a state folder, both on the disk. */
export class RealMachine {
  readonly root: string;
  readonly state: string;
  readonly events: ProgressEvent[] = [];
  now = 1_780_000_000_000;

  constructor(root: string, state: string) {
    this.root = root;
    this.state = state;
  }

  world(): World {
    const { signal } = new AbortController();
    const world = connectWorld({
      cwd: this.root,
      env: { ...process.env, ...GIT_ENV, LAPSTRAKE_STATE: this.state },
      blueprintFile: undefined,
      stamp: "test",
      version: "0.0.0",
      drain: signal,
      kill: signal,
      onEvent: (event) => void this.events.push(event),
    });
    return { ...world, clock: () => this.now };
  }

  fleet(): Promise<FleetState> {
    return openState(this.world());
  }

  /** Appends builds, whose evidence is in the store. */
  async build(...images: readonly string[]): Promise<void> {
    const { ledger, evidence } = await this.fleet();
    for (const image of images) {
      const identity = await evidence.put(Buffer.from(`identity of ${image}`));
      await ledger.append("build", { ...buildBody(image), identity });
    }
  }

  async cli(...argv: readonly string[]): Promise<CliAnswer> {
    let [out, err] = ["", ""];
    const io = {
      out: (text: string) => void (out += text),
      err: (text: string) => void (err += text),
      outIsTerminal: false,
      errIsTerminal: false,
      errSize: () => ({ columns: 80, rows: 24 }),
      env: {},
    };
    const connect = async () => ({ world: this.world(), close: () => {} });
    const exit = await runCli(argv, { table: COMMANDS, io, version: "1", connect });
    return { exit, out, err };
  }

  async json(...argv: readonly string[]): Promise<{ readonly exit: ExitCode; readonly value: unknown }> {
    const { exit, out } = await this.cli(...argv, "--json");
    return { exit, value: JSON.parse(out) };
  }

  git(...args: readonly string[]): string {
    const env = { ...process.env, ...GIT_ENV };
    return execFileSync("git", args, {
      cwd: this.root,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  commit(message: string): void {
    this.git("add", "-A");
    this.git("commit", "-qm", message);
  }

  /** A file of the fleet's state folder. */
  stateFile(name: string): string {
    const fleets = join(this.state, "fleets");
    return join(fleets, readdirSync(fleets)[0] ?? "", name);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "lap-machine-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** mainpc with a new repository. */
export function firstMachine(): RealMachine {
  const at = folder();
  const machine = new RealMachine(join(at, "tree"), join(at, "state"));
  mkdirSync(machine.root);
  writeFileSync(machine.path("lapstrake.yaml"), BLUEPRINT);
  writeFileSync(machine.path("Dockerfile"), "FROM debian\n");
  machine.git("init", "-q", "-b", "main");
  machine.git("config", "receive.denyCurrentBranch", "updateInstead");
  machine.commit("begin");
  return machine;
}

/** Another machine with a clone of the repository. */
export function cloneOf(machine: RealMachine): RealMachine {
  const at = folder();
  const clone = new RealMachine(join(at, "tree"), join(at, "state"));
  machine.git("clone", "-q", machine.root, clone.root);
  return clone;
}
