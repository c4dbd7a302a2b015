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
            return feed.onTaken(report.memory);
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

/** Memory that the thread has from now on. */
function handedOver(message: ZstdOrder): ArrayBuffer[] {
  if (message.kind === "end") return [];
  return [message.kind === "used" ? message.block.buffer : message.memory.buffer];
}

/** Gives the thread the next pieces, a few ahead of what it has taken. */
function createFeed(source: AsyncIterable<Uint8Array>, order: (message: ZstdOrder) => void) {
  let ahead = 0;
  let isStopped = false;
  const changed = new WakeUp();
  /** It goes to and fro: new memory for each piece would be as much as the stream has, for both threads to collect. */
  const free: Uint8Array<ArrayBuffer>[] = [];
  const memory = (): Uint8Array<ArrayBuffer> => free.pop() ?? new Uint8Array(PIECE);
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for await (const piece of piecesOf(source, memory)) {
      await changed.until(() => ahead < AHEAD || isStopped);
      // Leaving the loop lets go of the source.
      if (isStopped) return;
      ahead++;
      order({ kind: "piece", ...piece });
    }
    order({ kind: "end" });
  };
  return {
    run: () => (running ??= run()),
    onTaken(taken: Uint8Array<ArrayBuffer>) {
      ahead--;
      free.push(taken);
      changed.ring();
    },
    async stop() {
      isStopped = true;
      changed.ring();
      await running?.catch(() => {});
    },
  };
}

/** Full pieces, and what is left at the end; the memory of each is whoever's takes it. */
async function* piecesOf(source: AsyncIterable<Uint8Array>, newMemory: () => Uint8Array<ArrayBuffer>) {
  let memory = newMemory();
  let length = 0;
  for await (const part of source)
    for (let at = 0; at < part.length; ) {
      const some = part.subarray(at, at + PIECE - length);
      memory.set(some, length);
      at += some.length;
      length += some.length;
      if (length < PIECE) continue;
      yield { memory, length };
      memory = newMemory();
      length = 0;
    }
  if (length > 0) yield { memory, length };
}
