import { parentPort } from "node:worker_threads";
import { messageOf } from "../../../core/base/error.ts";
import { WakeUp } from "./wake-up.ts";
import { createZstdDecoder } from "./zstd-decoder.ts";

/** To the thread: the next piece of the stream (so many bytes of its memory), or `end`; and a block that was used up, to be filled again. */
export type ZstdOrder =
  | { readonly kind: "piece"; readonly memory: Uint8Array<ArrayBuffer>; readonly length: number }
  | { readonly kind: "end" }
  | { readonly kind: "used"; readonly block: Uint8Array<ArrayBuffer> };

/** From the thread. `filled`: so many bytes of the block are unpacked ones. `taken`: a piece was unpacked to its end; here is its memory. */
export type ZstdReport =
  | { readonly kind: "filled"; readonly block: Uint8Array<ArrayBuffer>; readonly length: number }
  | { readonly kind: "taken"; readonly memory: Uint8Array<ArrayBuffer> }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

/** The blocks go to and fro: new memory for each would cost more than unpacking into it. */
const BLOCK = 1024 * 1024;
const BLOCKS = 4;

// Only `zstd-thread.ts` starts it.
const port = parentPort;
const orders: ZstdOrder[] = [];
const free: Uint8Array<ArrayBuffer>[] = Array.from({ length: BLOCKS }, () => new Uint8Array(BLOCK));
const changed = new WakeUp();
port?.on("message", (order: ZstdOrder) => {
  if (order.kind === "used") free.push(order.block);
  else orders.push(order);
  changed.ring();
});

function report(message: ZstdReport): void {
  const lent = message.kind === "filled" ? [message.block.buffer] : [];
  port?.postMessage(message, message.kind === "taken" ? [message.memory.buffer] : lent);
}

async function work(): Promise<void> {
  const decoder = await createZstdDecoder();
  for (;;) {
    await changed.until(() => orders.length > 0);
    const order = orders.shift();
    if (order?.kind !== "piece") break;
    const { memory, length } = order;
    await unpackPiece(decoder.push(memory.subarray(0, length)));
    report({ kind: "taken", memory });
  }
  decoder.end();
}

async function unpackPiece(views: Iterable<Uint8Array>): Promise<void> {
  let block: Uint8Array<ArrayBuffer> | undefined;
  let length = 0;
  for (const view of views) {
    if (block !== undefined && length + view.length > BLOCK) {
      report({ kind: "filled", block, length });
      block = undefined;
    }
    if (block === undefined) {
      // A block for each piece: what was unpacked of the one before is on its way already.
      await changed.until(() => free.length > 0);
      block = free.pop() ?? new Uint8Array(BLOCK);
      length = 0;
    }
    block.set(view, length);
    length += view.length;
  }
  if (block !== undefined) report({ kind: "filled", block, length });
}

work().then(
  () => report({ kind: "done" }),
  (error: unknown) => report({ kind: "failed", message: messageOf(error) }),
);
