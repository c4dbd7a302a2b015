/** What to run. Never a shell: argv[0] is a program, the rest are its arguments, as they are. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to the environment of this process; undefined removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds until SIGTERM, then SIGKILL after the grace. */
  readonly timeout?: number;
  /** Milliseconds between SIGTERM and SIGKILL, for a timeout and for an abort; 5,000 unless told. */
  readonly grace?: number;
  readonly signal?: AbortSignal;
  /** Called with each whole line, without its end. Lines over 1 MiB are cut. */
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /** Called with the bytes of stdout as they come, for output that is not lines of UTF-8 (`-z` of git). */
  readonly onStdoutBytes?: (chunk: Uint8Array) => void;
}

/** The same shape for a good and a failed run. Times in milliseconds. */
export interface ProcessRecord {
  readonly argv: readonly string[];
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly durationMs: number;
  /** At most the last 64 KiB of each stream (stdout whole up to 16 MiB where no callback for it was given). */
  readonly stdout: string;
  readonly stderr: string;
  /** Set where stdout had more than `stdout` holds and no callback saw the rest. */
  readonly truncated?: true;
  /** Why it did not succeed, or "ok". */
  readonly outcome: "ok" | "failed" | "killed" | "timed-out" | "cancelled" | "not-found";
}

/** The only door through which programs are started. Never throws for what the program did. */
export interface ProcessRunner {
  run(command: Command): Promise<ProcessRecord>;
}
