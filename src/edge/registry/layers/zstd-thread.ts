import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { AuditError } from "../../../core/audit/error.ts";
import { WakeUp } from "./wake-up.ts";
import type { ZstdOrder, ZstdReport } from "./zstd-worker.ts";

/** Beside this file in the program; where it runs as source there is none. */
const WORKER = new URL("./zstd-worker.js", import.meta.url);
/** Starting a thread takes as long as unpacking so many bytes. */
const WORTH_A_THREAD = 4 * 1024 * 1024;
/** What comes of a network is put together to pieces of this size: each message costs. */
const PIECE = 256 * 1024;
/** Pieces that wait there to be unpacked. */
const AHEAD = 4;

export function isWorthThread(size: number): boolean {
  return size >= WORTH_A_THREAD && existsSync(WORKER);
}

/**
 * Unpacks in a thread of its own, while this one hashes and reads what came of it. Throws AuditError LAYER_COMPRESSION;
 * what the source or `onPiece` throws ends the thread.
 */
export async function unzstdInThread(
  source: AsyncIterable<Uint8Array>,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const worker = new Worker(WORKER);
  const order = (message: ZstdOrder): void => worker.postMessage(message, handedOver(message));
  const feed = createFeed(source, order);
  try {
    await new Promise<void>((resolve, reject) => {
      const handle = (report: ZstdReport): void => {
        switch (report.kind) {
          case "filled":
            onPiece(report.block.subarray(0, report.length));
            return order({ kind: "used", block: report.block });
          case "taken":
            return feed.onTaken();
          case "done":
            return resolve();
          case "failed":
            return reject(new AuditError("LAYER_COMPRESSION", report.message));
        }
      };
      worker.on("message", (report: ZstdReport) => {
        try {
          handle(report);
        } catch (error) {
          reject(error);
        }
      });
      worker.on("error", reject);
      worker.on("exit", () => reject(new Error("the thread that unpacks a layer ended by itself")));
      feed.run().catch(reject);
    });
  } finally {
    await Promise.all([worker.terminate(), feed.stop()]);
  }
}

/** Memory that the thread has from now on; what is not a memory of its own is copied. */
function handedOver(message: ZstdOrder): ArrayBuffer[] {
  if (message.kind === "used") return [message.block.buffer];
  if (message.kind === "end") return [];
  const { buffer, byteLength } = message.bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

/** Gives the thread the next pieces, a few ahead of what it has taken. */
function createFeed(source: AsyncIterable<Uint8Array>, order: (message: ZstdOrder) => void) {
  let ahead = 0;
  let isStopped = false;
  const changed = new WakeUp();
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for await (const bytes of piecesOf(source)) {
      await changed.until(() => ahead < AHEAD || isStopped);
      // Leaving the loop lets go of the source.
      if (isStopped) return;
      ahead++;
      order({ kind: "piece", bytes });
    }
    order({ kind: "end" });
  };
  return {
    run: () => (running ??= run()),
    onTaken() {
      ahead--;
      changed.ring();
    },
    async stop() {
      isStopped = true;
      changed.ring();
      await running?.catch(() => {});
    },
  };
}

async function* piecesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    parts.push(part);
    length += part.length;
    if (length < PIECE) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts);
}
