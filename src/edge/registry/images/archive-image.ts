import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { AuditError } from "../../../core/audit/error.ts";
import { messageOf } from "../../../core/base/error.ts";
import { unpackedLimit } from "../layers/read-layer.ts";
import type { CallOptions } from "../port.ts";
import { localFailure } from "./local-failure.ts";
import type { ImageAsk, ImageContents, ImageSource } from "./port.ts";
import { createStoredImage } from "./stored-image.ts";
import { createStreamedImage } from "./streamed-image.ts";
import { openTarStore } from "./tar-store.ts";
import { placeFailure } from "./unknown-image.ts";

const PIECE = 256 * 1024;

export interface ArchiveImageOptions {
  readonly name: string;
  readonly file: string;
  /** Which of several: `NAME:TAG` or a digest. */
  readonly image: string | undefined;
}

/** A file that `docker save` wrote: read at any place where it is a plain tar, and as a stream where it was compressed. */
export function createArchiveImage({ name, file, image }: ArchiveImageOptions): ImageSource {
  return {
    name,
    read(ask) {
      return readArchive({ name, file, image }, ask).catch((thrown: unknown) => {
        throw localFailure({ path: file, ...EXPECTED }, thrown);
      });
    },
  };
}

const EXPECTED = {
  expected: "an archive that `docker save` wrote",
  hint: "write it anew: docker save IMAGE -o FILE",
};

async function readArchive(
  { name, file, image }: ArchiveImageOptions,
  ask: ImageAsk,
): Promise<ImageContents> {
  const { head, size } = await look(file).catch((thrown: unknown) => {
    throw placeFailure(file, thrown);
  });
  const form = formOf(head);
  if (form === "plain") return createStoredImage({ name, image, open: () => openTarStore(file) }).read(ask);
  if (form === "zstd") {
    throw new AuditError(
      "ARCHIVE_INVALID",
      `${file} is compressed by zstd, in which no engine saves images`,
      {
        hint: `unpack it first: zstd -d ${file}`,
      },
    );
  }
  const stream = (options: CallOptions) => unpacked(file, unpackedLimit(size), options);
  return createStreamedImage({ name, image, open: stream }).read(ask);
}

async function look(file: string): Promise<{ readonly head: Uint8Array; readonly size: number }> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, head.length, 0);
    return { head, size: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}

function formOf(head: Uint8Array): "plain" | "gzip" | "zstd" {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? "zstd" : "plain";
}

/** Throws AuditError LAYER_COMPRESSION, or LAYER_LIMIT for a bomb. */
async function* unpacked(file: string, limit: number, { signal }: CallOptions): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: PIECE });
  const gunzip = createGunzip({ chunkSize: PIECE });
  // The reader of the result is told of the source's failure, too.
  source.once("error", (error) => gunzip.destroy(error));
  let bytes = 0;
  try {
    for await (const part of source.pipe(gunzip)) {
      signal?.throwIfAborted();
      // Without an encoding, a stream gives buffers.
      const piece = part as Buffer;
      bytes += piece.length;
      if (bytes > limit) throw new AuditError("LAYER_LIMIT", `${file} unpacks to more than ${limit} bytes`);
      yield piece;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AuditError) throw error;
    throw new AuditError("LAYER_COMPRESSION", `${file} is no sound gzip: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}
