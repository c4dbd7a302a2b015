import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../../../core/base/system-code.ts";
import type { CallOptions } from "../port.ts";
import { placeFailure } from "./unknown-image.ts";

/** Files of an image as they were stored, by plain path: of a layout folder, or of an archive of one. */
export interface FileStore {
  /** Bytes of the file; undefined where there is none. */
  sizeOf(path: string): Promise<number | undefined>;
  /** All of a file that is there; opened anew for each reading. */
  open(path: string, options: CallOptions): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const PIECE = 256 * 1024;

export function openFolderStore(folder: string): FileStore {
  return {
    async sizeOf(path) {
      try {
        const found = await stat(join(folder, path));
        return found.isFile() ? found.size : undefined;
      } catch (error) {
        // Only a missing file is an answer.
        if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
        throw placeFailure(join(folder, path), error);
      }
    },
    async *open(path, { signal }) {
      for await (const part of createReadStream(join(folder, path), { highWaterMark: PIECE })) {
        signal?.throwIfAborted();
        // Without an encoding, a file stream gives buffers.
        yield part as Buffer;
      }
    },
    close: () => Promise.resolve(),
  };
}
