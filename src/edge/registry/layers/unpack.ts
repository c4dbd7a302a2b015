import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AuditError } from "../../../core/audit/error.ts";
import { messageOf } from "../../../core/base/error.ts";
import { collectWhole } from "./collect-whole.ts";

/** Bigger pieces mean fewer turns of the loop. */
const PIECE = 256 * 1024;

/**
 * Unpacks a stream by what its first bytes say (gzip, zstd, or a plain tar; media types lie) and hands on each piece at
 * once, so that no bomb is ever held. `size`: of the source, as far as that is known. Throws AuditError LAYER_COMPRESSION
 * for a damaged stream; what `onPiece` throws ends it.
 */
export async function unpack(source: AsyncIterable<Uint8Array>, onPiece: OnPiece, size = 0): Promise<void> {
  collectWhole();
  const parts = source[Symbol.asyncIterator]();
  const { head, rest } = await readHead(parts);
  const whole = prepend(head, rest);
  if (head[0] === 0x1f && head[1] === 0x8b) return gunzip(whole, onPiece);
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd)
    return unzstd(whole, onPiece, size);
  for await (const part of whole) onPiece(part);
}

type OnPiece = (piece: Uint8Array) => void;

async function gunzip(source: AsyncIterable<Uint8Array>, onPiece: OnPiece): Promise<void> {
  const own = createBlame();
  try {
    await pipeline(
      own.source(source),
      createGunzip({ chunkSize: PIECE }),
      async (pieces: AsyncIterable<Uint8Array>) => {
        for await (const piece of pieces) own.handle(onPiece, piece);
      },
    );
  } catch (error) {
    throw own.error() ?? damaged("gzip", error);
  }
}

/**
 * Loaded only where a layer needs it. Node 20 has no zstd of its own, and Node 22's ends silently at the first of several
 * frames (as estargz-like layers have) and in the middle of one.
 */
async function unzstd(source: AsyncIterable<Uint8Array>, onPiece: OnPiece, size: number): Promise<void> {
  const { isWorthThread, unzstdInThread } = await import("./zstd-thread.ts");
  if (isWorthThread(size)) return unzstdInThread(source, onPiece);
  const { createZstdDecoder } = await import("./zstd-decoder.ts");
  const decoder = await createZstdDecoder();
  try {
    for await (const part of source) for (const piece of decoder.push(part)) onPiece(piece);
    decoder.end();
  } finally {
    decoder.free();
  }
}

/** Remembers what the source or the reader threw, so that no decoder's error is shown in its place, or theirs for its own. */
function createBlame() {
  let failure: { readonly error: unknown } | undefined;
  return {
    async *source(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      try {
        yield* parts;
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
    handle(onPiece: OnPiece, piece: Uint8Array): void {
      try {
        onPiece(piece);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
    error: () => failure?.error,
  };
}

function damaged(form: string, cause: unknown): AuditError {
  return new AuditError("LAYER_COMPRESSION", `a layer is no sound ${form}: ${messageOf(cause)}`, { cause });
}

interface Head {
  readonly head: Uint8Array;
  readonly rest: AsyncIterator<Uint8Array>;
}

/** At least the four bytes that tell the form, where there are so many. */
async function readHead(parts: AsyncIterator<Uint8Array>): Promise<Head> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 4) {
    const next = await parts.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, rest: parts };
}

async function* prepend(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Whoever stops reading lets go of the connection.
    await rest.return?.();
  }
}
