import { spawn } from "node:child_process";
import { BenchFailure } from "./failure.ts";

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Completed {
  /** From just before the process is made until it has ended; reading the rest of its output is not in it. */
  readonly seconds: number;
  readonly stdout: string;
}

/**
 * Runs a command to its end as a real child process. Anything but exit 0 is a BenchFailure with the last lines of what
 * it said: a run that did not do its work has no time.
 */
export function runCommand(command: Command, signal: AbortSignal): Promise<Completed> {
  const [program = "", ...args] = command.argv;
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    let seconds = 0;
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: command.env,
      signal,
      killSignal: "SIGTERM",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
    child.on("error", (error) => reject(failed(command, error.message)));
    child.on("exit", () => {
      seconds = Number(process.hrtime.bigint() - started) / 1e9;
    });
    child.on("close", (code, killer) => {
      if (code === 0) return resolve({ seconds, stdout: text(stdout) });
      const said = `${text(stdout)}\n${text(stderr)}`.trim().split("\n").slice(-12).join("\n");
      return reject(failed(command, `ended with ${killer ?? `exit ${code}`}\n${said}`));
    });
  });
}

function failed(command: Command, why: string): BenchFailure {
  return new BenchFailure(`${command.argv.join(" ")}\n${why}`);
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
