import { setFlagsFromString } from "node:v8";

/**
 * While layers are read, gigabytes pass through buffers that live for a moment, and the collector takes them for growth of its
 * own small heap: it then marks all of it in small steps without end (200 times for 2.9 GB, a sixth of the CPU). Small steps are
 * for who must not stop for a moment; here whole collections, when the heap has really grown, are enough.
 */
export function collectWhole(): void {
  setFlagsFromString("--no-incremental-marking");
}
