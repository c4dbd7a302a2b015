import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { forgetGroup, rememberGroup, signalGroup } from "./process-group.ts";
import { StreamTail } from "./stream-tail.ts";

export interface Channel {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A program as a two-way stream: what is written is its stdin, what is read its stdout. Destroying the stream ends the
 * program; a program that fails destroys the stream with an error that has the end of its stderr.
 */
export function openChannel({ argv, env }: Channel): Duplex {
  const [program, ...args] = argv;
  const child = spawn(program, args, { env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const { pid } = child;
  if (pid !== undefined) rememberGroup(pid);
  const stderr = new StreamTail(4096);
  child.stderr.on("data", (chunk: Buffer) => stderr.write(chunk));
  // A program that ends without reading its input has said all there is to say by its exit code.
  child.stdin.on("error", () => {});
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, _encoding, done) => {
      if (child.stdin.write(chunk)) done();
      else child.stdin.once("drain", () => done());
    },
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      if (pid !== undefined) signalGroup(pid, "SIGTERM");
      done(error);
    },
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (code) => {
    if (pid !== undefined) forgetGroup(pid);
    if (code === 0 || stream.destroyed) stream.push(null);
    else
      stream.destroy(
        new Error(`${program} ended with ${code ?? "a signal"}: ${stderr.text().trim().slice(-300)}`),
      );
  });
  return stream;
}
