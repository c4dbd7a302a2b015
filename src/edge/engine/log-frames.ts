import { EngineError } from "./error.ts";
import type { ContainerLogs } from "./port.ts";

const HEADER = 8;

/**
 * Takes apart the stream of a container without a terminal: frames of one byte of stream (1 stdout, 2 stderr), three
 * zero bytes, the length as big-endian uint32, and that many bytes. A last frame may be cut.
 */
export function splitLogFrames(bytes: Buffer): ContainerLogs {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const stream = bytes[at] ?? 0;
    if (stream > 2) throw new EngineError("ENGINE_ANSWER", `a log frame of unknown stream ${stream}`);
    const end = at + HEADER + bytes.readUInt32BE(at + 4);
    parts[stream === 2 ? "stderr" : "stdout"].push(bytes.subarray(at + HEADER, end));
    at = end;
  }
  return {
    stdout: Buffer.concat(parts.stdout).toString("utf8"),
    stderr: Buffer.concat(parts.stderr).toString("utf8"),
  };
}
