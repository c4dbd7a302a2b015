import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Limiter } from "../../src/edge/registry/http/limiter.ts";
import { deliver, startMemoryRegistry } from "../kit/memory-registry.ts";
import { on, status } from "../kit/memory-registry-faults.ts";
import { client, configJson, manifestOf } from "./kit.ts";

const GOOD = { throttled: false, latencyMs: 25 };
const THROTTLED = { throttled: true, latencyMs: 25 };

async function take(limiter: Limiter, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await limiter.acquire();
}

test("it grows while answers stay fast, to its ceiling", () => {
  const limiter = new Limiter({ start: 8, ceiling: 32 });
  for (let n = 0; n < 100; n++) limiter.report(GOOD);
  expect(limiter.limit).toBe(32);
});

test("it does not grow where more in flight only makes answers slower", () => {
  const limiter = new Limiter({ start: 8, ceiling: 32 });
  for (let n = 0; n < 8; n++) limiter.report(GOOD);
  for (let n = 0; n < 100; n++) limiter.report({ throttled: false, latencyMs: 80 });
  expect(limiter.limit).toBe(8);
});

test("it does not grow for a server on loopback", () => {
  const limiter = new Limiter({ start: 8, ceiling: 32 });
  for (let n = 0; n < 100; n++) limiter.report({ throttled: false, latencyMs: 4 });
  expect(limiter.limit).toBe(8);
});

test("a burst of throttles halves it once, and it comes back slowly", async () => {
  const limiter = new Limiter({ start: 8, ceiling: 32 });
  await take(limiter, 8);
  for (let n = 0; n < 8; n++) limiter.report(THROTTLED);
  expect(limiter.limit).toBe(4);
  for (let n = 0; n < 8; n++) limiter.report(GOOD);
  expect(limiter.limit).toBe(5);
});

test("it never goes below one", async () => {
  const limiter = new Limiter({ start: 8, ceiling: 32 });
  for (let n = 0; n < 50; n++) limiter.report(THROTTLED);
  expect(limiter.limit).toBe(1);
  await limiter.acquire();
  limiter.release();
});

test("who waits and is cancelled leaves the line; the others go on", async () => {
  const limiter = new Limiter({ start: 1, ceiling: 1 });
  await limiter.acquire();
  const controller = new AbortController();
  const gone = limiter.acquire(controller.signal);
  const next = limiter.acquire();
  controller.abort(new Error("enough"));
  await expect(gone).rejects.toThrow("enough");
  limiter.release();
  await next;
  expect(limiter.limit).toBe(1);
});

test("all who wait with a signal leave when it aborts, and each who goes before leaves nothing on it", async () => {
  const limiter = new Limiter({ start: 1, ceiling: 1 });
  await limiter.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  const first = limiter.acquire(signal);
  limiter.release();
  await first;
  expect(getEventListeners(signal, "abort")).toEqual([]);
  const waiting = [limiter.acquire(signal), limiter.acquire(), limiter.acquire(signal)];
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  controller.abort(new Error("enough"));
  await expect(waiting[0]).rejects.toThrow("enough");
  await expect(waiting[2]).rejects.toThrow("enough");
  limiter.release();
  await waiting[1];
  // Nobody waits any more, and the slot is there for the next.
  limiter.release();
  await limiter.acquire();
});

test("40,000 who wait with one signal are no burden, nor are as many who leave at once", async () => {
  const limiter = new Limiter({ start: 8, ceiling: 8 });
  const controller = new AbortController();
  const { signal } = controller;
  const pass = async (): Promise<void> => {
    await limiter.acquire(signal);
    await Promise.resolve();
    limiter.release();
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: 40_000 }, pass));
  // With a listener each it took 23 s, in an array that is shifted 3.7 s.
  expect(performance.now() - begun).toBeLessThan(5000);

  await take(limiter, 8);
  const leaving = Array.from({ length: 40_000 }, pass);
  const after = limiter.acquire();
  controller.abort(new Error("enough"));
  const outcomes = await Promise.allSettled(leaving);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(40_000);
  limiter.release();
  await after;
});

test("no more in flight than the limit; waiting out a Retry-After holds no slot", async () => {
  const server = await startMemoryRegistry({ latencyMs: 5 });
  const config = configJson();
  server.putBlob("app", config);
  server.putManifest("app", "v1", manifestOf(config));
  let now = 0;
  let most = 0;
  server.fault({
    when: on("HEAD", "/manifests/v1"),
    instead: () => {
      now++;
      most = Math.max(most, now);
      return { status: 404, headers: {}, body: Buffer.alloc(0) };
    },
    deliver: (response, reply, asked) => {
      now--;
      deliver(response, reply, asked);
    },
  });
  server.fault(status({ when: on("HEAD", "/manifests/slow"), times: 4 }, 503));
  const { registry } = client({ limit: { start: 2, ceiling: 2 } });
  const ref = { host: server.host, repository: "app", tag: "v1" };
  await Promise.all([
    ...Array.from({ length: 20 }, () => registry.resolve(ref)),
    ...Array.from({ length: 4 }, () => registry.resolve({ ...ref, tag: "slow" })),
  ]);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
  expect(server.connections()).toBeLessThanOrEqual(2);
  await server.close();
});
