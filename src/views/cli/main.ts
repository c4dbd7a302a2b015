import { setMaxListeners } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type FlagValues, flagText, type Io } from "./command.ts";

const version = readVersion();
/** From these events on there is something to wait for. */
const WORK: ReadonlySet<string> = new Set(["run-started", "tagged", "tagged-previous", "job-started"]);

// The whole program is loaded only for a command that runs: `--version` is asked for by scripts in loops.
if (process.argv.length === 3 && process.argv[2] === "--version") {
  process.stdout.write(`lapstrake ${version}\n`);
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const [{ runCli }, { COMMANDS }] = await Promise.all([import("./run-cli.ts"), import("./table.ts")]);
  const io = standardIo();
  // From the first build on, a first Ctrl-C lets go on what runs; before, there is nothing to wait for.
  let working = false;
  const { drain, kill, close } = interruptSignals(() => working);
  // A reader that went away (`| head`) is no error of ours, and no reason to leave a build: the exit code stays ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      // The answer did not arrive (a full disk behind a redirection); the other stream may still tell.
      if (stream === process.stdout)
        process.stderr.write(`lapstrake: cannot write the answer: ${error.code}\n`);
      process.exit(3);
    });
  }
  try {
    return await runCli(process.argv.slice(2), {
      table: COMMANDS,
      io,
      version,
      connect: async (flags) => {
        const [{ connectWorld }, { progressFor }] = await Promise.all([
          import("./wire.ts"),
          import("./progress-for.ts"),
        ]);
        const progress = progressFor(flags, io);
        drain.addEventListener("abort", () => {
          if (!working) return;
          progress.onEvent({
            type: "note",
            level: "warning",
            message: "letting running builds end; Ctrl-C again ends them",
          });
        });
        const world = connectWorld({
          cwd: directoryOf(flags),
          env: process.env,
          blueprintFile: flagText(flags, "blueprint"),
          version,
          program: [process.execPath, resolve(process.argv[1] ?? "lapstrake")],
          stamp: programStamp(),
          layerStamp: () => readFileSync(new URL("layers.stamp", import.meta.url), "utf8"),
          drain,
          kill,
          onEvent: (event) => {
            working ||= WORK.has(event.type);
            progress.onEvent(event);
          },
        });
        return { world, close: progress.close };
      },
    });
  } finally {
    close();
  }
}

function directoryOf(flags: FlagValues): string {
  return resolve(process.cwd(), flagText(flags, "directory") ?? ".");
}

function standardIo(): Io {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    errSize: () => ({ columns: process.stderr.columns ?? 80, rows: process.stderr.rows ?? 24 }),
    env: process.env,
  };
}

/**
 * The first Ctrl-C drains where there is work, the second ends what runs; SIGTERM does both, since nobody waits for a
 * second one.
 */
function interruptSignals(isWorking: () => boolean): {
  drain: AbortSignal;
  kill: AbortSignal;
  close(): void;
} {
  const drain = new AbortController();
  const kill = new AbortController();
  // A signal has one listener for each image that is built or asked for, and there may be thousands.
  setMaxListeners(0);
  const onInterrupt = (): void => {
    if (drain.signal.aborted || !isWorking()) kill.abort();
    drain.abort();
  };
  const onTerminate = (): void => {
    drain.abort();
    kill.abort();
  };
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate).on("SIGHUP", onTerminate);
  return {
    drain: drain.signal,
    kill: kill.signal,
    close: () => process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate).off("SIGHUP", onTerminate),
  };
}

/** The version, and while it is developed the time of its last build. */
function programStamp(): string {
  return `${version}-${statSync(new URL(import.meta.url)).mtimeMs}`;
}

function readVersion(): string {
  // This file is dist/main.js when it runs.
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? "unknown";
}
