import type { Command, ProcessRunner } from "../../process/port.ts";
import type { TrivyOutput } from "./run-trivy.ts";

/** Runs a program and keeps what it prints, up to a limit beyond which it is ended. */
export async function boundedRun(
  runner: ProcessRunner,
  command: Command & { readonly signal: AbortSignal },
  maxBytes: number,
): Promise<TrivyOutput> {
  const tooMuch = new AbortController();
  const chunks: Uint8Array[] = [];
  let total = 0;
  const record = await runner.run({
    ...command,
    signal: AbortSignal.any([command.signal, tooMuch.signal]),
    onStdoutBytes(chunk) {
      total += chunk.length;
      if (total > maxBytes) tooMuch.abort();
      else chunks.push(chunk);
    },
  });
  return { record, stdout: total > maxBytes ? undefined : Buffer.concat(chunks) };
}
