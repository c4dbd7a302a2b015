import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** `bin/lapstrake`, which runs what scripts/prepare compiled. */
export function programPath(): string {
  if (!existsSync(join(ROOT, "dist/main.js")))
    throw new Error("dist/main.js is not there: run scripts/prepare");
  return join(ROOT, "bin/lapstrake");
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr until now. */
  readonly err: () => string;
  /** Resolves when stderr has the text; rejects when the program ended without saying it. */
  readonly says: (text: string | RegExp) => Promise<void>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Starts lapstrake as a process of its own. The caller sees to its end. */
export function startProgram(args: readonly string[], { cwd, env = {} }: StartOptions = {}): Running {
  const child = spawn(process.execPath, [programPath(), ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...cleanEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  const says = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof text === "string" ? !err.includes(text) : !text.test(err)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`it ended without saying ${String(text)}:\n${err}`)));
      look();
    });
  return { child, pid: child.pid ?? 0, ended, err: () => err, says };
}

export function runProgram(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startProgram(args, options).ended;
}

/** Without the variables that the program heeds: a developer's shell must not decide a test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const heeded = new Set([
    "ORG",
    "DATE",
    "SHA",
    "TAG",
    "PLATFORM",
    "CACHE_FROM",
    "CACHE_TO",
    "FORCE_IMAGE_TAG",
  ]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !heeded.has(name)));
}
