import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { Command, ProcessRecord, ProcessRunner } from "./port.ts";
import { forgetGroup, rememberGroup, signalGroup } from "./process-group.ts";
import { LineSplitter, StreamTail } from "./stream-tail.ts";

const TAIL_BYTES = 64 * 1024;
const WHOLE_BYTES = 16 * 1024 * 1024;
const GRACE_MS = 5000;
/** How long to wait, after a program has ended, for a background child of it that still holds its output. */
const HELD_OUTPUT_MS = 1000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
type StopReason = "timed-out" | "cancelled";
type Ending = Pick<ProcessRecord, "exitCode" | "signal" | "outcome"> & { readonly failure?: string };

/**
 * Starts real programs, each as the leader of a process group and session of its own: Ctrl-C at the terminal reaches
 * Lapstrake alone, which then drains or, through `signal`, ends the whole group.
 * `environment` is what `command.env` is laid over.
 */
export function createProcessRunner(environment: NodeJS.ProcessEnv = process.env): ProcessRunner {
  return { run: (command) => runProcess(command, environment) };
}

async function runProcess(command: Command, environment: NodeJS.ProcessEnv): Promise<ProcessRecord> {
  const started = performance.now();
  const stdout = new StreamTail(command.onStdout || command.onStdoutBytes ? TAIL_BYTES : WHOLE_BYTES);
  const stderr = new StreamTail(TAIL_BYTES);
  const ending = command.signal?.aborted
    ? notStarted("cancelled", "")
    : await start(command, environment, { stdout, stderr });
  const text = stdout.text();
  const unseen = stdout.dropped && !command.onStdout && !command.onStdoutBytes;
  return {
    argv: command.argv,
    exitCode: ending.exitCode,
    signal: ending.signal,
    durationMs: performance.now() - started,
    stdout: text,
    stderr: stderr.text() + (ending.failure ?? ""),
    ...(unseen ? { truncated: true } : {}),
    outcome: ending.outcome,
  };
}

function notStarted(outcome: Ending["outcome"], failure: string): Ending {
  return { exitCode: undefined, signal: undefined, outcome, failure };
}

async function start(
  command: Command,
  environment: NodeJS.ProcessEnv,
  tails: { readonly stdout: StreamTail; readonly stderr: StreamTail },
): Promise<Ending> {
  const [program, ...args] = command.argv;
  const env = { ...environment, ...command.env };
  try {
    const child = spawn(program, args, {
      env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    });
    const flush = [
      pour(child.stdout, tails.stdout, command.onStdout),
      pour(child.stderr, tails.stderr, command.onStderr),
    ];
    const { onStdoutBytes } = command;
    if (onStdoutBytes) child.stdout.on("data", onStdoutBytes);
    feed(child, command.stdin);
    const ending = await follow(child, command);
    for (const end of flush) end();
    return ending;
  } catch (thrown) {
    return startFailure(command, thrown);
  }
}

/** Returns what must be called once when the stream has ended. */
function pour(stream: Readable, tail: StreamTail, onLine: ((line: string) => void) | undefined): () => void {
  const lines = onLine && new LineSplitter(onLine);
  stream.on("data", (chunk: Buffer) => {
    tail.write(chunk);
    lines?.write(chunk);
  });
  return () => lines?.end();
}

function feed(child: Child, stdin: string | Uint8Array | undefined): void {
  // A program that ends without reading its input (EPIPE) has said all there is to say by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
}

/** Resolves when the program has ended and its output was read; rejects where it could not be started. */
function follow(child: Child, command: Command): Promise<Ending> {
  const { pid } = child;
  let stopped: StopReason | undefined;
  const timers: NodeJS.Timeout[] = [];
  const stop = (reason: StopReason): void => {
    if (stopped !== undefined || pid === undefined) return;
    stopped = reason;
    signalGroup(pid, "SIGTERM");
    timers.push(setTimeout(() => signalGroup(pid, "SIGKILL"), command.grace ?? GRACE_MS));
  };
  const cancel = (): void => stop("cancelled");
  command.signal?.addEventListener("abort", cancel, { once: true });
  if (command.timeout !== undefined) timers.push(setTimeout(() => stop("timed-out"), command.timeout));
  if (pid !== undefined) rememberGroup(pid);

  const ended = new Promise<Ending>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      // The leader is gone; what is left of a group that was told to stop has no reason to live.
      if (stopped !== undefined && pid !== undefined) signalGroup(pid, "SIGKILL");
      timers.push(setTimeout(() => closeOutput(child), HELD_OUTPUT_MS));
    });
    child.once("close", (exitCode, signal) => resolve(endingOf(exitCode, signal, stopped)));
  });
  return ended.finally(() => {
    for (const timer of timers) clearTimeout(timer);
    command.signal?.removeEventListener("abort", cancel);
    if (pid !== undefined) forgetGroup(pid);
  });
}

function closeOutput(child: Child): void {
  child.stdout.destroy();
  child.stderr.destroy();
}

function endingOf(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stopped: StopReason | undefined,
): Ending {
  const outcome = exitCode === 0 ? "ok" : (stopped ?? (exitCode === null ? "killed" : "failed"));
  return { exitCode: exitCode ?? undefined, signal: signal ?? undefined, outcome };
}

function startFailure(command: Command, thrown: unknown): Ending {
  // spawn reports a missing working directory with the code that it also has for a missing program.
  if (command.cwd !== undefined && !existsSync(command.cwd)) {
    return notStarted("failed", `no such directory: ${command.cwd}`);
  }
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return notStarted(code === "ENOENT" ? "not-found" : "failed", String(thrown));
}
