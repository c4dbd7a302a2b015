import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import type { EngineFile } from "../src/edge/tree/engine-file.ts";

/** What a number depends on. Nothing that names the machine or its owner. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly kernel: string;
  readonly arch: string;
  readonly node: string;
  readonly engine: string;
  readonly buildx: string;
  /** Of lapstrake; `+` where the tree had changes. */
  readonly commit: string;
  /** Before the first run: over the last 1, 5 and 15 minutes. */
  readonly load: readonly number[];
}

export function readMachine(engine: EngineFile, root: string): Machine {
  const docker = said([...engine.docker, "version", "--format", "{{.Server.Version}}"], {
    DOCKER_HOST: engine.dockerHost,
  });
  const changes = said(["git", "-C", root, "status", "--porcelain", "--untracked-files=no"]);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    kernel: release(),
    arch: arch(),
    node: process.version,
    engine: `${docker} (${engine.kind})`,
    buildx: said([...engine.buildx, "version"]).split(" ")[1] ?? "unknown",
    commit: `${said(["git", "-C", root, "rev-parse", "--short", "HEAD"])}${changes === "" ? "" : "+"}`,
    load: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}

/** One line, for people. */
export function machineLine(machine: Machine): string {
  const { cpu, cores, memoryGiB, system, node, engine, buildx, commit, load } = machine;
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, Node ${node}, Docker ${engine}, buildx ${buildx}, lapstrake ${commit}, load ${load.join(" ")}`;
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? type();
  } catch {
    return type();
  }
}

function said(argv: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const [program = "", ...args] = argv;
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
