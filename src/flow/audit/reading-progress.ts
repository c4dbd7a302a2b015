import type { ImageAsk } from "../../edge/registry/images/port.ts";
import { gigabytes } from "../doctor/gigabytes.ts";
import type { World } from "../world.ts";

/** Between two events of a live view. */
const STEP = 16 * 1024 * 1024;
/** Between two lines where there is no live view. */
const LINE = 512 * 1024 * 1024;
/** More comes at once only of layers that are known already: nothing of those is read. */
const READ_AT_ONCE = 4 * 1024 * 1024;

/** Tells how far the reading of an image is. */
export function createReadingProgress(
  world: Pick<World, "onEvent">,
  image: string,
): Required<Pick<ImageAsk, "onSize" | "onBytes">> {
  let total = 0;
  let current = 0;
  let read = 0;
  let told = 0;
  const step = { image, id: "read", step: "reading" } as const;
  return {
    onSize(bytes) {
      total = bytes;
      world.onEvent({ ...step, type: "step-started", kind: "load" });
    },
    onBytes(bytes) {
      current += bytes;
      if (bytes <= READ_AT_ONCE) {
        if (Math.floor((read + bytes) / LINE) > Math.floor(read / LINE)) {
          const of = total > 0 ? ` of ${gigabytes(total)}` : "";
          world.onEvent({ type: "note", level: "info", message: `${image}: at ${gigabytes(current)}${of}` });
        }
        read += bytes;
      }
      if (current - told < STEP && current !== total) return;
      told = current;
      world.onEvent({ ...step, type: "transfer", what: "reading", current, total });
    },
  };
}
