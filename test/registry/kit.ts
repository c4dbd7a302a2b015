import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { RegistryError, type RegistryErrorCode } from "../../src/edge/registry/error.ts";
import {
  createHttpRegistry,
  type HttpRegistry,
  type HttpRegistryOptions,
} from "../../src/edge/registry/http/client.ts";
import type { TimeSource } from "../../src/edge/registry/http/time-source.ts";
import type { BlobSource } from "../../src/edge/registry/port.ts";

/** A time that passes only when somebody sleeps. */
export interface FakeTime extends TimeSource {
  readonly slept: number[];
  now: number;
}

export function fakeTime(now = Date.parse("2026-01-01T00:00:00Z")): FakeTime {
  const time: FakeTime = {
    now,
    slept: [],
    clock: () => time.now,
    random: () => 0.5,
    sleep: (ms) => {
      time.slept.push(ms);
      time.now += ms;
      return Promise.resolve();
    },
  };
  return time;
}

export interface Client {
  readonly registry: HttpRegistry;
  readonly time: FakeTime;
}

export function client(options: HttpRegistryOptions = {}): Client {
  const time = fakeTime();
  return { registry: createHttpRegistry({ time, ...options }), time };
}

/** The code of the RegistryError that this rejects with; anything else fails the test. */
export async function codeOf(work: Promise<unknown>): Promise<RegistryErrorCode> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof RegistryError) return outcome.error.code;
  throw new Error(`expected a RegistryError, got ${JSON.stringify(outcome)}`, { cause: outcome });
}

export function blobOf(bytes: Uint8Array, chunk = 64 * 1024): BlobSource & { opened: number } {
  const source = {
    digest: digestOf(bytes),
    size: bytes.byteLength,
    opened: 0,
    async *open() {
      source.opened++;
      for (let at = 0; at < bytes.byteLength; at += chunk)
        yield await Promise.resolve(bytes.subarray(at, at + chunk));
    },
  };
  return source;
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes that look random and are the same at each run. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function configJson(architecture = "amd64"): Buffer {
  const rootfs = { type: "layers", diff_ids: [] };
  return Buffer.from(JSON.stringify({ os: "linux", architecture, config: { User: "appuser" }, rootfs }));
}

/** A manifest value with this config and these layers. */
export function manifestOf(config: Buffer, layers: readonly Buffer[] = []): Record<string, unknown> {
  return {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length },
    layers: layers.map((layer) => ({
      mediaType: MediaType.ociLayerGzip,
      digest: digestOf(layer),
      size: layer.length,
    })),
  };
}
