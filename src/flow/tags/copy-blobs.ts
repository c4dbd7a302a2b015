import type { Digest } from "../../core/base/digest.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { World } from "../world.ts";
import type { BlobCopy } from "./plan-blobs.ts";
import type { Place } from "./put-tags.ts";

export interface Route {
  readonly from: Place;
  readonly to: Place;
}

export interface Copied {
  /** Blobs whose bytes were sent, and how many bytes; the rest was there or was mounted. */
  readonly sent: number;
  readonly bytes: number;
  /** Why a blob is not there. A blob that is in neither this nor `skipped` is. */
  readonly failed: ReadonlyMap<Digest, unknown>;
  /** Not tried, since the run was to end. */
  readonly skipped: ReadonlySet<Digest>;
}

// Each is a stream from one side to the other; more of them win nothing on one line, and cost memory.
const AT_ONCE = 4;
/** Bytes between two words of progress. */
const STEP = 4 * 1024 * 1024;

type Told = Pick<World, "drain" | "kill" | "onEvent">;

/**
 * Sends each blob to its home and mounts it from there. On one registry it is mounted from the source, and nothing is
 * sent. What fails is told at the end; the rest goes on.
 */
export async function copyBlobs(world: Told, route: Route, copies: readonly BlobCopy[]): Promise<Copied> {
  const failed = new Map<Digest, unknown>();
  const skipped = new Set<Digest>();
  let sent = 0;
  let bytes = 0;
  const waiting = [...copies];
  const work = async (): Promise<void> => {
    for (let copy = waiting.shift(); copy !== undefined; copy = waiting.shift()) {
      if (world.drain.aborted) {
        skipped.add(copy.blob.digest);
        continue;
      }
      const meter = meterOf(world, copy);
      try {
        await copyBlob(world, route, { copy, meter });
      } catch (error) {
        failed.set(copy.blob.digest, error);
      }
      if (meter.bytes > 0) sent++;
      bytes += meter.bytes;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { sent, bytes, failed, skipped };
}

interface Meter {
  /** All that was read to be sent, also what was sent again after a break. */
  bytes: number;
  count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

async function copyBlob(
  { kill: signal }: Told,
  { from, to }: Route,
  { copy, meter }: { readonly copy: BlobCopy; readonly meter: Meter },
): Promise<void> {
  const { blob, source, home, isHeld, others } = copy;
  const isSame = isOneRegistry(from, to);
  const content = {
    digest: blob.digest,
    size: blob.size,
    open: () =>
      meter.count(from.registry.readBlob({ host: from.host, repository: source }, blob, { signal })),
  };
  const put = (repository: string, mounted: string | undefined): Promise<void> =>
    to.registry.putBlob(
      { host: to.host, repository },
      content,
      mounted === undefined ? { signal } : { signal, from: mounted },
    );
  if (!isHeld) await put(home, isSame ? source : undefined);
  for (const other of others) await put(other, home);
}

export function isOneRegistry(from: Place, to: Place): boolean {
  // A layout folder keeps the names of the registry that its images are of, but it is another store.
  return from.host === to.host && isSameStore(from.registry, to.registry);
}

function isSameStore(one: Registry, other: Registry): boolean {
  return one === other;
}

function meterOf(world: Told, { blob, images }: BlobCopy): Meter {
  const image = images[0] ?? "";
  const meter: Meter = {
    bytes: 0,
    async *count(source) {
      let current = 0;
      let told = 0;
      const tell = (): void => {
        told = current;
        const event = { type: "transfer", image, id: blob.digest, step: "copy", what: "copying" } as const;
        world.onEvent({ ...event, current, total: blob.size });
      };
      for await (const part of source) {
        current += part.byteLength;
        meter.bytes += part.byteLength;
        if (current - told >= STEP || current === blob.size) tell();
        yield part;
      }
    },
  };
  return meter;
}
