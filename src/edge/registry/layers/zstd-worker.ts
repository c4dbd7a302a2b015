import { parentPort } from "node:worker_threads";
import { messageOf } from "../../../core/base/error.ts";
import { WakeUp } from "./wake-up.ts";
import { createZstdDecoder } from "./zstd-decoder.ts";

/** To the thread: the next piece of the stream, or `end`; and that a batch was used up. */
export type ZstdOrder =
  | { readonly kind: "piece"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "used" };

/** From the thread. `taken`: a piece was unpacked to its end. */
export type ZstdReport =
  | { readonly kind: "batch"; readonly pieces: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly kind: "taken" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

/** Unpacked pieces in a message, and messages on their way: two megabytes that nobody has looked at yet. */
const BATCH_PIECES = 4;
const BATCHES = 2;

// Only `zstd-thread.ts` starts it.
const port = parentPort;
const orders: ZstdOrder[] = [];
let unused = 0;
const changed = new WakeUp();
port?.on("message", (order: ZstdOrder) => {
  if (order.kind === "used") unused--;
  else orders.push(order);
  changed.ring();
});

function report(message: ZstdReport): void {
  port?.postMessage(message, message.kind === "batch" ? message.pieces.map(({ buffer }) => buffer) : []);
}

async function send(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
  if (pieces.length === 0) return;
  await changed.until(() => unused < BATCHES);
  unused++;
  report({ kind: "batch", pieces });
}

async function work(): Promise<void> {
  const decoder = await createZstdDecoder();
  for (;;) {
    await changed.until(() => orders.length > 0);
    const order = orders.shift();
    if (order?.kind !== "piece") break;
    let batch: Uint8Array<ArrayBuffer>[] = [];
    for (const piece of decoder.push(order.bytes)) {
      batch.push(piece);
      if (batch.length < BATCH_PIECES) continue;
      await send(batch);
      batch = [];
    }
    await send(batch);
    report({ kind: "taken" });
  }
  decoder.end();
}

work().then(
  () => report({ kind: "done" }),
  (error: unknown) => report({ kind: "failed", message: messageOf(error) }),
);
