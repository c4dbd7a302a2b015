import { readFileSync } from "node:fs";

/**
 * Bytes that this process read while the work ran, by Linux's own count (proc(5), rchar): what a slow machine cannot
 * change, where a stopwatch would only guess. Elsewhere there is no such count, and it is 0.
 */
export async function bytesReadBy(work: () => Promise<unknown>): Promise<number> {
  const before = bytesRead();
  await work();
  return bytesRead() - before;
}

function bytesRead(): number {
  if (process.platform !== "linux") return 0;
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}
