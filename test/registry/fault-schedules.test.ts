import { afterAll, beforeAll, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import type { Registry, Repository } from "../../src/edge/registry/port.ts";
import { type Fault, type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import * as faults from "../kit/memory-registry-faults.ts";
import { blobOf, client, collect, configJson, manifestOf, noise } from "./kit.ts";

// LAPSTRAKE_FAULT_SEED=7 repeats the run that failed with it.
const SEED = Number(process.env["LAPSTRAKE_FAULT_SEED"] ?? Date.now() % 1_000_000);
const SCHEDULES = 300;

type Chance = () => number;

/** mulberry32: small, and good enough to choose faults by. */
function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const oneOf = <T>(chance: Chance, all: readonly T[]): T => all[Math.floor(chance() * all.length)]!;

/** A fault at the n-th request of the schedule, whatever that is. */
function faultAt(chance: Chance, host: string): Fault {
  let countdown = Math.floor(chance() * 14);
  const picked = { when: () => countdown-- === 0, times: 1 };
  const share = oneOf(chance, [0, 0.25, 0.5, 0.75, 0.99]);
  return oneOf<() => Fault>(chance, [
    () => faults.status(picked, oneOf(chance, [429, 500, 502, 503, 504])),
    () =>
      faults.status(picked, 429, {
        "retry-after": oneOf(chance, ["1", "0", "86400", "soon", "Thu, 01 Jan 2026 00:00:09 GMT"]),
      }),
    () => faults.status(picked, oneOf(chance, [400, 401, 403, 404, 405, 416])),
    () => faults.cutBefore(picked),
    () => faults.cutAfter(picked),
    () => faults.cutBody(picked, share),
    () => faults.cutChunked(picked, share),
    () => faults.shortened(picked, share),
    () => faults.flipped(picked),
    () => faults.closesAfter(picked),
    () => faults.silence(picked),
    () => faults.endless(picked),
    () => faults.header(picked, "docker-content-digest", oneOf(chance, ["", "sha256:x", digestOf("other")])),
    () => faults.header(picked, "content-type", oneOf(chance, ["text/html", MediaType.ociIndex])),
    () =>
      faults.header(
        picked,
        "location",
        oneOf(chance, ["", "http://example.test/", "http://[", "/v2/elsewhere"]),
      ),
    () => faults.redirects(picked, oneOf(chance, ["http://example.test/x", `http://${host}/v2/`, "//"])),
    () =>
      faults.replies(picked, {
        status: 200,
        headers: { "content-type": "text/html" },
        body: Buffer.from("<html>"),
      }),
    () => ({ ...picked, cutRequestAfter: Math.floor(chance() * 60_000) }),
  ])();
}

interface Image {
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
  readonly bytes: Buffer;
}

function imageOf(seed: number): Image {
  const config = configJson(`arch${seed}`);
  const layers = [noise(60_000, seed), noise(10, seed + 1)];
  return { config, layers, bytes: Buffer.from(JSON.stringify(manifestOf(config, layers))) };
}

/** Pushes, and reads back all that was pushed. What comes back must be right; anything else must be an error. */
async function job(registry: Registry, at: Repository, image: Image): Promise<void> {
  for (const blob of [image.config, ...image.layers]) await registry.putBlob(at, blobOf(blob, 16_000));
  await registry.putManifest({ ...at, tag: "v1" }, image.bytes, MediaType.ociManifest);
  // What a tag means is the registry's word, true or not; what is read by that digest cannot be another thing.
  const resolved = await registry.resolve({ ...at, tag: "v1" });
  const digests = resolved === undefined ? [] : [resolved.digest];
  for (const digest of [...digests, digestOf(image.bytes)]) {
    const stored = await registry.readManifest({ ...at, digest });
    const right = stored === undefined || Buffer.from(stored.bytes).equals(image.bytes);
    expect(right).toBe(true);
  }
  for (const layer of image.layers) {
    const blob = { mediaType: MediaType.ociLayerGzip, digest: digestOf(layer), size: layer.length };
    expect((await collect(registry.readBlob(at, blob))).equals(layer)).toBe(true);
  }
  await registry.listTags(at);
}

let server: MemoryRegistryServer;
beforeAll(async () => {
  server = await startMemoryRegistry();
});
afterAll(() => server.close());

test(`${SCHEDULES} schedules of faults from seed ${SEED}: survived, or one clear error; never a wrong byte`, async () => {
  let survived = 0;
  const timeouts = { connectMs: 1000, headersMs: 40, idleMs: 40 };
  for (let n = 0; n < SCHEDULES; n++) {
    const chance = chanceOf(SEED + n);
    const at = { host: server.host, repository: `schedule/n${n}` };
    const image = imageOf(n);
    const { registry, time } = client({ timeouts });
    server.clearFaults();
    const count = 1 + Math.floor(chance() * 3);
    for (let each = 0; each < count; each++) server.fault(faultAt(chance, server.host));
    const outcome = await job(registry, at, image).then(
      () => undefined,
      (error: unknown) => error,
    );
    const where = `LAPSTRAKE_FAULT_SEED=${SEED + n}`;
    if (outcome === undefined) survived++;
    else if (!(outcome instanceof RegistryError)) throw new Error(where, { cause: outcome });
    const slept = time.slept.reduce((sum, ms) => sum + ms, 0);
    if (slept > 600_000) throw new Error(`${where}: slept ${slept} ms`);
    // The tag is nothing, or it is this image with all its blobs; and a second run mends what is left.
    server.clearFaults();
    const tagged = server.store.repos.get(at.repository)?.tags.get("v1");
    if (tagged !== undefined && tagged !== digestOf(image.bytes)) throw new Error(`${where}: a wrong tag`);
    await job(client().registry, at, image).catch((error: unknown) => {
      throw new Error(where, { cause: error });
    });
    registry.close();
  }
  // The canary: faults do hit, and do not hit always.
  expect(survived).toBeGreaterThan(SCHEDULES * 0.2);
  expect(survived).toBeLessThan(SCHEDULES * 0.95);
}, 120_000);
