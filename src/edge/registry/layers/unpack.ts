import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { AuditError } from "../../../core/audit/error.ts";
import { messageOf } from "../../../core/base/error.ts";

/** Bigger pieces mean fewer turns of the loop. */
const PIECE = 256 * 1024;

/**
 * Unpacks a stream by what its first bytes say (gzip, zstd, or a plain tar; media types lie) and hands on each piece at
 * once, so that no bomb is ever held. Throws AuditError LAYER_COMPRESSION for a damaged stream; what `onPiece` throws ends it.
 */
export async function unpack(
  source: AsyncIterable<Uint8Array>,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const parts = source[Symbol.asyncIterator]();
  const { head, rest } = await readHead(parts);
  const whole = prepend(head, rest);
  if (head[0] === 0x1f && head[1] === 0x8b) return gunzip(whole, onPiece);
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd)
    return unzstd(whole, onPiece);
  for await (const part of whole) onPiece(part);
}

async function gunzip(
  source: AsyncIterable<Uint8Array>,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const stream = createGunzip({ chunkSize: PIECE });
  let feeding: unknown;
  const fed = feed(source, stream).catch((error: unknown) => {
    // The source's own failure, not the stream's: it ends the reading below, and is thrown in its place.
    feeding = error;
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    // A Gunzip without an encoding gives Buffers.
    for await (const piece of stream) onPiece(piece as Buffer);
  } catch (error) {
    if (feeding !== undefined) throw feeding;
    if (error instanceof AuditError) throw error;
    throw damaged("gzip", error);
  } finally {
    stream.destroy();
    await fed;
  }
}

async function feed(
  source: AsyncIterable<Uint8Array>,
  stream: ReturnType<typeof createGunzip>,
): Promise<void> {
  for await (const part of source) {
    if (stream.destroyed) return;
    if (!stream.write(part)) await Promise.race([once(stream, "drain"), once(stream, "close")]);
  }
  stream.end();
}

/** Loaded only where a layer needs it: Node 20 has no zstd of its own. */
async function unzstd(
  source: AsyncIterable<Uint8Array>,
  onPiece: (piece: Uint8Array) => void,
): Promise<void> {
  const { Decompress } = await import("fzstd");
  let handling: unknown;
  const decoder = new Decompress((piece) => {
    try {
      onPiece(piece);
    } catch (error) {
      handling = error;
      throw error;
    }
  });
  const push = (part: Uint8Array, last: boolean): void => {
    try {
      decoder.push(part, last);
    } catch (error) {
      throw handling ?? damaged("zstd", error);
    }
  };
  for await (const part of source) push(part, false);
  push(new Uint8Array(0), true);
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
