import { describe, expect, it } from "vitest";
import { mirror } from "../../src/flow/tags/mirror.ts";
import { promote } from "../../src/flow/tags/promote.ts";
import { released } from "../flow/run.ts";
import { type Fault, type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import { cutAfter, cutBefore, status } from "../kit/memory-registry-faults.ts";
import type { Asked } from "../kit/memory-registry-store.ts";
import { NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { change, httpMachine, restart } from "./machine.ts";

const SEEDS = Number(process.env["LAPSTRAKE_SCHEDULES"] ?? 12);
const FIRST = Number(process.env["LAPSTRAKE_SEED"] ?? 1);

/** The same numbers for the same seed; which request draws which is up to the sockets, so a seed is a neighbourhood. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One request in `every` goes wrong, each in a way that chance picks. */
function plant(server: MemoryRegistryServer, next: () => number, every: number): void {
  const lost = (when: (asked: Asked) => boolean): Fault => ({
    when,
    instead: () => ({ status: 201, headers: {}, body: Buffer.alloc(0) }),
  });
  const isManifestPut = ({ method, url }: Asked) => method === "PUT" && url.pathname.includes("/manifests/");
  const chance = (share: number) => () => next() < share / every;
  server.fault(cutBefore({ when: chance(0.3) }));
  server.fault(cutAfter({ when: chance(0.3) }));
  server.fault(status({ when: chance(0.1) }, 503));
  server.fault(status({ when: chance(0.1) }, 429, { "retry-after": "1" }));
  server.fault(status({ when: chance(0.1) }, 403));
  server.fault(lost((asked) => isManifestPut(asked) && next() < 1 / every));
}

/** Digest by image under a tag, straight from the registry's store. */
function under(server: MemoryRegistryServer, namespace: string, tag: string): Record<string, string> {
  return Object.fromEntries(
    SAMPLE_IMAGES.flatMap((name) => {
      const digest = server.store.repo(`${namespace}/${name}`).tags.get(tag);
      return digest === undefined ? [] : [[name, digest]];
    }),
  );
}

/** Tags that stand on a manifest or a blob that is not there. */
function broken(server: MemoryRegistryServer, namespace: string): readonly string[] {
  return [...SAMPLE_IMAGES, "releases"].flatMap((name) => {
    const repo = server.store.repo(`${namespace}/${name}`);
    return [...repo.tags].flatMap(([tag, digest]) => {
      const text = repo.manifests.get(digest)?.bytes.toString();
      if (text === undefined) return [`${name}:${tag}`];
      const { config, layers } = JSON.parse(text) as {
        config: { digest: string };
        layers: { digest: string }[];
      };
      return [config, ...layers].every((blob) => repo.blobs.has(blob.digest)) ? [] : [`${name}:${tag}`];
    });
  });
}

describe(`random faults (LAPSTRAKE_SEED, LAPSTRAKE_SCHEDULES; ${SEEDS} from ${FIRST})`, () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST + index))(
    "seed %i: no promise moves, no tag stands on less than a whole, and in the end all is done",
    async (seed) => {
      const next = random(seed);
      const [{ machine, server }, other] = await Promise.all([httpMachine(), startMemoryRegistry()]);
      try {
        const first = await released(machine);
        change(machine, "two");
        const second = await released(machine);
        const [before, after] = [first, second].map(({ images }) =>
          Object.fromEntries(images.map(({ name, digest }) => [name, digest])),
        );
        const every = 4 + Math.floor(next() * 20);
        plant(server, next, every);
        plant(other, next, every);
        const flags = { release: "last", wait: 0, command: "test" };
        const rounds = [
          () => promote(machine.world(), { ...flags, release: first.tag, channel: "stable", partial: false }),
          () => promote(machine.world(), { ...flags, channel: "stable", partial: false }),
          () => mirror(machine.world(), { ...flags, target: `${other.host}/far` }),
          () => mirror(machine.world(), { ...flags, target: `${server.host}/near` }),
        ];
        for (const round of rounds) {
          // As often as it takes, but the last try is on a good day.
          for (let left = 3; left >= 0; left--) {
            if (left === 0) for (const each of [server, other]) each.clearFaults();
            restart(machine);
            const exit = await round().then(
              (report) => report.exit,
              () => undefined,
            );
            expect(under(server, NAMESPACE, first.tag)).toEqual(before);
            expect(under(server, NAMESPACE, second.tag)).toEqual(after);
            expect([
              ...broken(server, NAMESPACE),
              ...broken(server, "near"),
              ...broken(other, "far"),
            ]).toEqual([]);
            for (const [name, digest] of Object.entries(under(server, NAMESPACE, "stable")))
              expect([before?.[name], after?.[name]]).toContain(digest);
            if (exit === 0) break;
            expect(left).toBeGreaterThan(0);
          }
          // The good day is over.
          plant(server, next, every);
          plant(other, next, every);
        }
        for (const each of [server, other]) each.clearFaults();
        expect(under(server, NAMESPACE, "stable")).toEqual(after);
        expect(under(other, "far", second.tag)).toEqual(after);
        expect(under(server, "near", second.tag)).toEqual(after);
        expect((await machine.state.ledger.verify()).ok).toBe(true);
      } finally {
        await Promise.all([server.close(), other.close()]);
      }
    },
  );
});
