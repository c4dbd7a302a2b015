import type { BlobSource } from "../port.ts";
import { createVerifier, type Verifier } from "./verify.ts";

/**
 * The bytes of an upload, in pieces that follow one another, checked as they go: what is sent is what the digest says,
 * whatever the registry would accept. Going on where the last piece ended reads on; anything else opens anew.
 */
export interface UploadSource {
  /** The bytes from `from` up to `to`. */
  slice(from: number, to: number): AsyncGenerator<Uint8Array>;
  /** Ends a reading that was not finished. */
  close(): Promise<void>;
}

interface Reading {
  readonly parts: AsyncIterator<Uint8Array>;
  readonly verifier: Verifier;
  /** Read and checked, but beyond the last piece. */
  rest: Uint8Array;
  /** Where `rest` begins. */
  position: number;
}

const NOTHING = new Uint8Array(0);

export function openUploadSource(source: BlobSource): UploadSource {
  let current: Reading | undefined;
  const start = (): Reading => ({
    parts: source.open()[Symbol.asyncIterator](),
    verifier: createVerifier(source, "the source of the upload"),
    rest: NOTHING,
    position: 0,
  });
  const close = async (): Promise<void> => {
    const left = current;
    current = undefined;
    await left?.parts.return?.();
  };
  return {
    close,
    async *slice(from, to) {
      // A piece that is sent again, or one that was cut, left the reading elsewhere.
      if (from === 0 || current?.position !== from) await close();
      const reading: Reading = (current ??= start());
      while (reading.position < to || (to === source.size && reading.rest.byteLength === 0)) {
        if (reading.rest.byteLength === 0 && !(await readOn(reading, source.size))) return;
        const end = Math.min(reading.rest.byteLength, to - reading.position);
        const skip = Math.min(end, Math.max(0, from - reading.position));
        const part = reading.rest.subarray(skip, end);
        reading.rest = reading.rest.subarray(end);
        reading.position += end;
        if (part.byteLength > 0) yield part;
      }
    },
  };
}

/**
 * The next bytes of the source, or false at its right end. The part that completes the size is held back until the digest
 * is known to be right, so a wrong blob is never sent to its end.
 */
async function readOn(reading: Reading, size: number): Promise<boolean> {
  const next = await reading.parts.next();
  if (next.done === true) {
    if (reading.verifier.seen !== size || size === 0) reading.verifier.finish();
    return false;
  }
  reading.verifier.add(next.value);
  if (reading.verifier.seen === size && next.value.byteLength > 0) reading.verifier.finish();
  reading.rest = next.value;
  return true;
}
