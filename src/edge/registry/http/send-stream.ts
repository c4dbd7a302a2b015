import type { ClientRequest, IncomingMessage } from "node:http";

/** A body on its way out. */
export interface OutgoingStream {
  /** The answer is there before everything was sent; the rest is not wanted. */
  stopped: boolean;
  /** What the source of the content threw. */
  failure: Error | undefined;
}

/** A server may say no in the middle of an upload. The connection is of no more use once its answer was read. */
export function stopStream(upload: OutgoingStream, outgoing: ClientRequest, incoming: IncomingMessage): void {
  upload.stopped = true;
  incoming.once("end", () => void outgoing.destroy());
  // Wakes a sender that waits for room which will never come.
  outgoing.emit("drain");
}

/** Sends a body as it comes, no faster than the connection takes it. */
export async function sendStream(
  outgoing: ClientRequest,
  open: () => AsyncIterable<Uint8Array>,
  upload: OutgoingStream,
): Promise<void> {
  try {
    for await (const part of open()) {
      if (upload.stopped || outgoing.destroyed) return;
      if (!outgoing.write(part)) await drained(outgoing);
    }
    outgoing.end();
  } catch (error) {
    upload.failure = error instanceof Error ? error : new Error(String(error));
    outgoing.destroy(upload.failure);
  }
}

function drained(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go);
      outgoing.off("close", go);
      resolve();
    };
    outgoing.once("drain", go);
    outgoing.once("close", go);
  });
}
